import type { Account } from './account.ts';

export type AccountChange = Partial<Pick<Account, 'name' | 'role' | 'state' | 'plan' | 'libraries'>>;

export type ChangeOutcome =
  | { outcome: 'changed'; account: Account }
  | { outcome: 'unknown' }
  /** It would leave nobody who may administer: the last owner that is not closed stays one. */
  | { outcome: 'last_owner' };

/**
 * The people of the installation. Accounts are made by sign-ups (`invitations/sign-ups.ts`), and never deleted: others refer
 * to their ids.
 */
export interface Accounts {
  find(id: string): Promise<Account | null>;
  /** By any login that counts as the same. */
  findByLogin(login: string): Promise<Account | null>;
  /** In the order in which they were made, those behind `after`. */
  list(page: { first: number; after: string | null }): Promise<Account[]>;
  isEmpty(): Promise<boolean>;
  change(id: string, change: AccountChange, at: Date): Promise<ChangeOutcome>;
}
