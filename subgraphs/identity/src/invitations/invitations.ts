import type { AccountRole } from '../accounts/account.ts';

/** How an invitation stands. */
export type InvitationState = 'open' | 'used' | 'expired' | 'revoked';

export interface Invitation {
  /** Names it without giving it away: the hash of the secret in its link. */
  id: string;
  role: AccountRole;
  plan: string | null;
  /** Of the account that it makes; null for all. */
  libraries: readonly string[] | null;
  /** Null for the set-up of the first account. */
  invitedBy: string | null;
  /** For whom it is, in the inviter's words. */
  note: string;
  createdAt: Date;
  expiresAt: Date;
  usedAt: Date | null;
  usedBy: string | null;
  revokedAt: Date | null;
}

/** Links by which someone becomes an account, once. */
export interface Invitations {
  /** The secret is in the answer, and nowhere else afterwards. */
  create(
    invitation: Pick<Invitation, 'role' | 'plan' | 'invitedBy' | 'note'> &
      Partial<Pick<Invitation, 'libraries'>>,
    times: { at: Date; lifetimeMs: number },
  ): Promise<{ invitation: Invitation; secret: string }>;
  /** By the secret in the link. */
  find(secret: string): Promise<Invitation | null>;
  get(id: string): Promise<Invitation | null>;
  /** The newest first, those before `before`. */
  list(page: { first: number; before: Pick<Invitation, 'id' | 'createdAt'> | null }): Promise<Invitation[]>;
  /** False when it is not open. */
  revoke(id: string, at: Date): Promise<boolean>;
  /** Revokes those of the set-up. */
  revokeSetUps(at: Date): Promise<void>;
}

export function stateOf(invitation: Invitation, at: Date): InvitationState {
  if (invitation.usedAt) return 'used';
  if (invitation.revokedAt) return 'revoked';
  return invitation.expiresAt <= at ? 'expired' : 'open';
}
