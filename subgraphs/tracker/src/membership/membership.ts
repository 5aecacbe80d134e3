import type { Membership } from '@giggityflix/bus';

/** An invitation to share films in this network; of its code only a hash is kept. */
export interface Invitation {
  /** A UUIDv7. */
  id: string;
  /** What the peer that uses it is called. */
  name: string;
  /** SHA-256 of the code, in lowercase hexadecimal. */
  codeHash: string;
  /** The account that made it. */
  createdBy: string;
  /** Milliseconds since 1970, as are all times of this port. */
  createdAt: number;
  expiresAt: number;
  /** Whether the peer waits for an operator. */
  requiresApproval: boolean;
  revoked: boolean;
  /** The peer that used it. */
  usedBy: string | null;
}

/** A peer that was invited, or that an operator decided about. */
export interface Member {
  peerId: string;
  name: string | null;
  membership: Membership;
  /** Grows with every decision. */
  version: number;
  invitationId: string | null;
  since: number;
}

/**
 * Invitations and memberships: the tracker decides, edges act.
 *
 * Adapters: `membership.embedded.ts` and `membership.redis.ts`; both pass `membership.compliance.ts`.
 */
export interface MembershipStore {
  /** @throws TooManyInvitations when the account has {@link MAX_OPEN_INVITATIONS} that are open. */
  invite(invitation: Invitation): Promise<void>;
  invitation(id: string): Promise<Invitation | null>;
  /** Null for an invitation that does not exist. */
  revokeInvitation(id: string): Promise<Invitation | null>;
  /** The newest first; `after` is the last id seen, `createdBy` limits them to an account's. */
  invitations(page: { first: number; after?: string; createdBy?: string }): Promise<Invitation[]>;

  /**
   * Notes that a peer used an invitation. A peer that no open invitation explains is revoked: one was revoked while it was
   * being used, or used at edges that share no store. `decided` says whether the edges need to hear of it.
   */
  enrolled(enrolment: { peerId: string; invitationId: string; at: number }): Promise<Enrolled>;
  /** Decides about a peer; null for one that is no member, unless `create`. */
  decide(decision: {
    peerId: string;
    membership: Membership;
    at: number;
    create: boolean;
  }): Promise<Member | null>;
  /** Null for a peer that is no member. */
  rename(peerId: string, name: string): Promise<Member | null>;
  member(peerId: string): Promise<Member | null>;
  /** By peer id; `after` is the last one seen. */
  members(page: { first: number; after?: string }): Promise<Member[]>;
}

export interface Enrolled {
  member: Member;
  decided: boolean;
}

/** Bounds what one account can leave lying about. */
export const MAX_OPEN_INVITATIONS = 20;
/** How long an invitation is listed after it expired. */
export const LISTED_AFTER_EXPIRY_MS = 7 * 24 * 3_600_000;

export class TooManyInvitations extends Error {
  override readonly name = 'TooManyInvitations';

  constructor() {
    super(`an account may have ${MAX_OPEN_INVITATIONS} open invitations; revoke some first`);
  }
}
