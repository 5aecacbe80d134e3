import type { Role } from '@giggityflix/http';

/** An operator may do all that an owner may, but for what makes owners or changes them. */
export const ACCOUNT_ROLES = ['owner', 'operator', 'member'] as const;
export type AccountRole = (typeof ACCOUNT_ROLES)[number];

/** A limited account signs in and watches nothing; a closed one does not sign in. */
export const ACCOUNT_STATES = ['active', 'limited', 'closed'] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];

export interface Account {
  /** The `sub` of its tokens. */
  id: string;
  /** The name or e-mail address by which one signs in, as it was typed. */
  login: string;
  /** What others see. */
  name: string;
  role: AccountRole;
  state: AccountState;
  /** Null for one without a plan. */
  plan: string | null;
  /** Ids of the libraries whose titles it may see; null for all. */
  libraries: readonly string[] | null;
  createdAt: Date;
  changedAt: Date;
}

/** The `roles` of an account's tokens. */
export function tokenRolesOf(account: Pick<Account, 'role'>): Role[] {
  return account.role === 'member' ? ['viewer'] : ['viewer', 'operator'];
}
