import type { Signal } from '@giggityflix/bus';
import type { ServingPeer } from '../availability/availability.ts';

/**
 * Which peer serves a session, and what that peer has signalled since the last offer. Any process can thus send a
 * candidate to the right peer, and deliver to a player that subscribes late the signals that it missed.
 *
 * `negotiations.embedded.ts` and `negotiations.redis.ts` pass `negotiations.compliance.ts` unchanged.
 * Every method rejects with UnavailableError while the store cannot be reached.
 */
export interface NegotiationStore {
  get(sessionId: string): Promise<Negotiation | null>;
  /** Begins a negotiation with `peer`: signals of the previous one are deleted. */
  begin(sessionId: string, peer: ServingPeer): Promise<void>;
  /**
   * Stores a signal of the session's peer; after `lost` no peer serves the session. `not_serving`: the signal is not from the
   * peer that serves the session, and is not stored. Appending the same id again changes nothing.
   */
  append(sessionId: string, signal: StoredSignal): Promise<'appended' | 'known' | 'not_serving'>;
  /** What the peer has signalled since the negotiation began, in order. */
  signals(sessionId: string): Promise<StoredSignal[]>;
  /** The peers the session was offered to, each once, the latest last; the newest {@link MAX_OFFERED_PEERS}. */
  offeredTo(sessionId: string): Promise<ServingPeer[]>;
  /** Sessions that a peer serves over one of its connections; the newest {@link MAX_SESSIONS_PER_PEER}. */
  servedBy(peerId: string, connectionId: string): Promise<string[]>;
}

export interface Negotiation {
  /** Null once the peer is lost, until the next offer. */
  peer: ServingPeer | null;
  /** Peers that were lost to this session, the latest last. */
  lostPeerIds: string[];
}

export interface StoredSignal {
  /** Names the record it came with, the same however often it is delivered. */
  id: string;
  peerId: string;
  signal: Signal;
}

/** Signals stored for one negotiation: a description and more candidates than any host gathers. */
export const MAX_SIGNALS = 100;
/** Lost peers stored for one session. */
export const MAX_LOST_PEERS = 20;
/** Peers stored as those that may serve one session. */
export const MAX_OFFERED_PEERS = 20;
export const MAX_SESSIONS_PER_PEER = 1_000;
/** How long a negotiation is kept after it was last touched, in milliseconds: the longest life of a session. */
export const NEGOTIATION_TTL_MS = 86_400_000;
