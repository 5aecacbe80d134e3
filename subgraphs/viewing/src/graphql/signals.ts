import { MAX_ID_LENGTH } from '@giggityflix/bus';
import { badInput } from '@giggityflix/graphql';
import { z } from 'zod';
import type { IceCandidate, PeerLost, PeerLostReason, SessionDescription } from '../generated/graphql.ts';
import type { LiveSignal, PlayerSignal } from '../signalling/signalling.ts';

const description = z.object({
  type: z.string().nullish(),
  sdp: z.string().min(1).max(65_536, 'is longer than 65536 characters'),
});
const signalInput = z.object({
  offer: description.nullish(),
  answer: description.nullish(),
  candidate: z
    .object({
      candidate: z.string().max(1_024),
      sdpMid: z.string().max(64).nullish(),
      sdpMLineIndex: z.int().min(0).max(255).nullish(),
      usernameFragment: z.string().max(MAX_ID_LENGTH).nullish(),
    })
    .nullish(),
});

/**
 * @param name of the argument, for errors
 * @throws GraphQLError BAD_USER_INPUT unless exactly one member is given and it holds what its name says.
 */
export function parseSignal(input: unknown, name = 'signal'): LiveSignal {
  const parsed = signalInput.safeParse(input);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw badInput(`${name}.${path.join('.')}: ${message}`);
  }
  const { offer, answer, candidate } = parsed.data;
  if ([offer, answer, candidate].filter((member) => member != null).length !== 1)
    throw badInput(`${name}: exactly one of offer, answer and candidate is expected`);
  for (const [type, given] of [
    ['offer', offer],
    ['answer', answer],
  ] as const) {
    if (!given) continue;
    if (given.type != null && given.type !== type) throw badInput(`${name}.${type}.type: expected ${type}`);
    return { kind: 'description', description: { type, sdp: given.sdp } };
  }
  return {
    kind: 'candidate',
    candidate: {
      candidate: candidate!.candidate,
      sdp_mid: candidate!.sdpMid ?? null,
      sdp_m_line_index: candidate!.sdpMLineIndex ?? null,
    },
  };
}

/** What a peer may say of an offer that it refuses; anything else it says is for nobody to rest on. */
const LOST_REASONS: Readonly<Record<string, PeerLostReason>> = { busy: 'BUSY', not_found: 'NOT_SHARED' };

/** A member of the union `PlaybackSignal`. */
export function toGraphqlSignal(signal: PlayerSignal): SessionDescription | IceCandidate | PeerLost {
  const { source } = signal;
  switch (signal.kind) {
    case 'description':
      return { __typename: 'SessionDescription', source, ...signal.description };
    case 'candidate':
      return {
        __typename: 'IceCandidate',
        source,
        candidate: signal.candidate.candidate,
        sdpMid: signal.candidate.sdp_mid ?? null,
        sdpMLineIndex: signal.candidate.sdp_m_line_index ?? null,
      };
    case 'lost':
      return {
        __typename: 'PeerLost',
        source,
        peerId: signal.peerId,
        reason: Object.hasOwn(LOST_REASONS, signal.reason) ? LOST_REASONS[signal.reason]! : null,
      };
  }
}
