import type { Metadata } from '@grpc/grpc-js';

const JOIN = 'giggityflix-peer join CODE';

/** What an edge answers where peers are invited, and what the owner of a peer may do about it. */
const WORDS = {
  INVITATION_REQUIRED: `this network admits invited peers only: ask its operator for an invitation, and run "${JOIN}"`,
  INVITATION_REFUSED: `the invitation is not valid: it may be used, revoked or expired. Ask for another, and run "${JOIN}"`,
  PENDING_APPROVAL:
    'the invitation is accepted, and an operator has to approve this peer; sharing begins by itself then',
  REVOKED: 'an operator has revoked this peer: it shares nothing here until an operator approves it again',
  TOO_MANY_ATTEMPTS: 'too many invitations were tried from this address; this one is tried again later',
} as const;

export type RefusalReason = keyof typeof WORDS;

/** Why an edge refuses a peer that is none of its members. */
export interface MembershipRefusal {
  reason: RefusalReason;
  message: string;
  /** When to try again. */
  waitMs: number;
}

/** A code that was refused is not tried more often; `join` tries another one at once. */
const REFUSED_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 600_000;

/** Null for a call that ended for any other reason. */
export function membershipRefusal(trailers: Metadata | undefined): MembershipRefusal | null {
  const reason = String(trailers?.get('refusal-reason')[0] ?? '');
  if (!isReason(reason)) return null;
  const asked = Number(trailers?.get('retry-after')[0]) * 1_000;
  const waitMs = asked > 0 ? Math.min(asked, LONGEST_WAIT_MS) : REFUSED_WAIT_MS;
  return { reason, message: WORDS[reason], waitMs };
}

function isReason(text: string): text is RefusalReason {
  return Object.hasOwn(WORDS, text);
}
