import type { Membership } from '@giggityflix/bus';

/** What an edge knows of a peer that was invited, or that the tracker decided about. */
export interface Member {
  membership: Membership;
  /** The invitation it used; null where the tracker approved or revoked the peer without one. */
  invitationId: string | null;
  /** Whether the bus has its `peer.enrolled`. */
  reported: boolean;
}

/** A peer id, and the one that the key behind it derives: the same, unless the peer has a custom one. */
export interface Identity {
  peerId: string;
  derivedId: string;
}

export interface Invitation {
  invitationId: string;
  /** SHA-256 of its code, in lowercase hexadecimal. */
  codeHash: string;
  requiresApproval: boolean;
  /** Milliseconds since 1970. */
  expiresAt: number;
  revoked: boolean;
}

/**
 * Invitations and members as all edges of a network see them. The tracker decides; what it publishes is kept here, so that
 * an edge knows it whether the tracker and the bus can be reached or not.
 *
 * Adapters: `members.embedded.ts` (a SQLite file) and `members.redis.ts`; both pass `members.compliance.ts`. Everything
 * rejects when the store cannot be reached.
 */
export interface Members {
  /**
   * A peer is revoked as well when another is that has its key, or its id in another case of the letters: that one's
   * approval alone brings both back.
   */
  find(identity: Identity): Promise<Member | null>;
  /** Keeps an invitation until it expires. One that is used or revoked stays so, whatever comes again. */
  invite(invitation: Invitation): Promise<void>;
  /**
   * Makes a peer a member by an invitation, which is used then. Atomic: of any number of peers exactly one gets it. A
   * peer that is a member already, or revoked, is returned as it is and uses nothing. Null for an invitation that is unknown,
   * expired, revoked or used.
   */
  redeem(attempt: Identity & { codeHash: string; now: number }): Promise<Member | null>;
  /** Notes that the bus has the member's `peer.enrolled`. */
  reported(peerId: string): Promise<void>;
  /**
   * Applies a decision of the tracker unless a later one is known, and returns the membership that holds now. A peer that is
   * revoked has its id and its key barred, also where an earlier repetition did not know the key.
   */
  decide(decision: {
    peerId: string;
    /** Null where no key of the peer is known. */
    derivedId: string | null;
    membership: Membership;
    version: number;
  }): Promise<Membership>;
}

/** What a revocation bars: the id in every case of its letters, and the key by the id it derives, which no other peer can have. */
export function barredNames({
  peerId,
  derivedId,
}: {
  peerId: string;
  derivedId: string | null;
}): [string, string] {
  const folded = peerId.toLowerCase();
  return [folded, derivedId ?? folded];
}

/** As others find a peer that is barred without a membership of its own. */
export const BARRED: Member = { membership: 'revoked', invitationId: null, reported: true };
