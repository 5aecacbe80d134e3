import type { Signal } from '@giggityflix/bus';
import type { ServingPeer } from '../availability/availability.ts';

/**
 * Which peers serve a session, one for each of its sources, and what each has signalled since the last offer to it. Any process
 * can thus send a candidate to the right peer, and deliver to a player that subscribes late the signals that it missed.
 *
 * A peer serves one source of a session at most, so what it signals is of that source.
 *
 * `negotiations.embedded.ts` and `negotiations.redis.ts` pass `negotiations.compliance.ts` unchanged.
 * Every method rejects with UnavailableError while the store cannot be reached.
 */
export interface NegotiationStore {
  get(sessionId: string): Promise<Negotiation | null>;
  /**
   * Begins the negotiation of a source with `peer`: signals of the source's previous one are deleted. Changes nothing when the
   * peer serves another source of the session.
   */
  begin(sessionId: string, source: number, peer: ServingPeer): Promise<Begun>;
  /**
   * Stores a signal of a peer for the source that it serves; after `lost` no peer serves that source. `not_serving`: the peer serves
   * none, and nothing is stored. Appending the same id again changes nothing.
   */
  append(sessionId: string, signal: StoredSignal): Promise<Appended>;
  /**
   * Ends the service of a source, and returns the peer that served it. With a problem, the peer is listed as left. A peer that was
   * lost before can still be left as `not_proven`, until the next offer to the source: it may have gone for that very reason.
   */
  leave(sessionId: string, source: number, problem: SourceProblem | null): Promise<ServingPeer | null>;
  /** What the peers have signalled since their negotiations began, in order for each source. */
  signals(sessionId: string): Promise<SourceSignal[]>;
  /**
   * The peers the session was offered to, each once, the latest last: all that serve, and of the others the newest, together
   * {@link MAX_OFFERED_PEERS}.
   */
  offeredTo(sessionId: string): Promise<ServingPeer[]>;
  /** Sessions that a peer serves over one of its connections; the newest {@link MAX_SESSIONS_PER_PEER}. */
  servedBy(peerId: string, connectionId: string): Promise<string[]>;
}

export interface Negotiation {
  /** In the order of the sources; a source whose peer is lost is absent until the next offer. */
  serving: { source: number; peer: ServingPeer }[];
  /** Peers that were lost to this session, the latest last. */
  lostPeerIds: string[];
  /** Peers that the player left with a problem and that it does not come back to yet, the latest last. */
  left: LeftPeer[];
}

/** What a player may say of a peer that it leaves: it sent what is not of the file, nothing, or too little. */
export const SOURCE_PROBLEMS = ['not_proven', 'stalled', 'slow'] as const;
export type SourceProblem = (typeof SOURCE_PROBLEMS)[number];

export interface LeftPeer {
  peerId: string;
  problem: SourceProblem;
}

export type Begun =
  /** `former`: whom the source was offered to before, unless that one serves another source meanwhile or was left. */
  { begun: true; former: ServingPeer | null } | { begun: false };

export type Appended = { outcome: 'appended' | 'known'; source: number } | { outcome: 'not_serving' };

export interface StoredSignal {
  /** Names the record it came with, the same however often it is delivered. */
  id: string;
  peerId: string;
  signal: Signal;
}

export interface SourceSignal extends StoredSignal {
  source: number;
}

/** Sources of one session: 0 to one less. */
export const MAX_SOURCES = 6;
/** Signals stored for one negotiation: a description and more candidates than any host gathers. */
export const MAX_SIGNALS = 100;
/** Lost peers stored for one session. */
export const MAX_LOST_PEERS = 20;
/** Peers stored as left with a problem by one session. */
export const MAX_LEFT_PEERS = 20;
/** Peers stored as those that may serve one session. */
export const MAX_OFFERED_PEERS = 20;
export const MAX_SESSIONS_PER_PEER = 1_000;
/** How long a negotiation is kept after it was last touched, in milliseconds: the longest life of a session. */
export const NEGOTIATION_TTL_MS = 86_400_000;
