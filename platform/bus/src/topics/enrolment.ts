import { z } from 'zod';
import { edgeId, opaqueId, peerId, timestamp } from './values.ts';

/** An invitation was made, or revoked: which a later repetition of the first does not undo. */
export const peerInvitationChanged = z.object({
  invitation_id: opaqueId,
  /** SHA-256 of its code, in lowercase hexadecimal; the code itself is on no topic. */
  code_hash: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lowercase hexadecimal digits'),
  /** Whether the peer that uses it waits for an operator. */
  requires_approval: z.boolean(),
  expires_at: timestamp,
  revoked: z.boolean(),
  timestamp,
});

/** A peer used an invitation. */
export const peerEnrolled = z.object({
  peer_id: peerId,
  invitation_id: opaqueId,
  edge_id: edgeId,
  timestamp,
});

export const MEMBERSHIPS = ['pending', 'approved', 'revoked'] as const;

/** Whether a peer may register, as the tracker decided. Of two decisions the one of the greater version holds. */
export const peerAccessChanged = z.object({
  peer_id: peerId,
  membership: z.enum(MEMBERSHIPS),
  version: z.int().min(1),
  timestamp,
});

export type PeerInvitationChanged = z.infer<typeof peerInvitationChanged>;
export type PeerEnrolled = z.infer<typeof peerEnrolled>;
export type Membership = (typeof MEMBERSHIPS)[number];
export type PeerAccessChanged = z.infer<typeof peerAccessChanged>;
