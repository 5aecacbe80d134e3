/**
 * Who has what, where, right now.
 *
 * Two adapters give these guarantees, `registry.embedded.ts` and `registry.redis.ts`, and both pass
 * `registry.compliance.ts` unchanged:
 *
 * - **The newest connection wins**: of a peer's connections the one with the greatest connection id (a UUIDv7). Events of an
 *   older or a closed connection change nothing, however late or often they come. Closed is what was reported closed: a
 *   connection of which nothing was heard keeps its catalog, and counts again with its next event.
 * - **Exact differences**: each change of the number of peers that have a file, and nothing else, appends one
 *   entry to the {@link Outbox} in the same atomic step.
 * - **Repair**: a process may crash between any two writes; delivering the event again, or the next
 *   {@link PeerRegistry.repair}, completes its work.
 */
export interface PeerRegistry {
  connectionEstablished(event: ConnectionEstablished): Promise<void>;
  connectionClosed(event: ConnectionClosed): Promise<void>;
  /** @throws CatalogTooLarge when the peer would share more than {@link MAX_CATALOG_IDS_PER_PEER} files. */
  catalogUpdated(update: CatalogUpdate): Promise<void>;
  /**
   * An edge asked a peer to prove that it has a file. Of a file it failed to prove the peer is no holder, and is not again
   * for {@link FAILED_CHECK_MEMORY_MS}, whatever it announces.
   */
  holdingChecked(check: HoldingCheck): Promise<void>;
  /**
   * Keeps connections of one edge from going stale, and brings back those of which nothing was heard. Returns those whose
   * catalog nobody has announced, though they have been there for longer than a connection may be unheard of.
   */
  heartbeat(edgeId: string, connections: readonly ConnectionHeartbeat[]): Promise<ConnectionHeartbeat[]>;
  /**
   * Handles the peers whose time is up, reading no others: one without a heartbeat becomes stale, a stale one is
   * disconnected, and a disconnected one is deleted with its catalog. Of many replicas one handles each. Returns how many it handled.
   */
  expireDue(limit: number): Promise<number>;
  /**
   * Nobody's time is up for the next `forMs` milliseconds, whichever replica looks: heartbeats may have been sent and not
   * been received.
   */
  deferExpiry(forMs: number): Promise<void>;
  /** Completes changes that a crashed process left unfinished. */
  repair(): Promise<void>;

  /** How many connected peers have each file, in the order of the ids; one round trip. */
  countPeers(catalogIds: readonly string[]): Promise<number[]>;
  peer(peerId: string): Promise<Peer | null>;
  /** How many peers are in each state. */
  countStates(): Promise<Record<PeerState, number>>;
  /** Peers by connection id, the most recently connected first. `after` is the {@link peerCursor} of the last one seen. */
  peers(page: { first: number; after?: string; state?: PeerState }): Promise<Peer[]>;
  /** A sample of the connected peers that have a file, those that proved it before all others; about `limit` of them. */
  candidates(catalogId: string, limit: number): Promise<PlaybackCandidate[]>;
  /** Counts a playback that is about to begin as load, until the peer's next heartbeat reports its streams. */
  notePlayback(peerId: string): Promise<void>;
}

/** CONNECTED peers count; STALE ones had no heartbeat for too long; DISCONNECTED ones are kept for a while. */
export type PeerState = 'CONNECTED' | 'STALE' | 'DISCONNECTED';

export const PEER_STATES: readonly PeerState[] = ['CONNECTED', 'STALE', 'DISCONNECTED'];

export interface Peer {
  id: string;
  state: PeerState;
  edgeId: string;
  connectionId: string;
  /** Milliseconds since 1970, as are all times of this port. */
  connectedAt: number;
  lastHeartbeatAt: number;
  catalogSize: number;
  activeStreams: number;
}

/** What every event of a connection names. */
export interface ConnectionEvent {
  peerId: string;
  edgeId: string;
  connectionId: string;
}

export interface ConnectionEstablished extends ConnectionEvent {
  connectedAt: number;
  /** Equal for peers of one network; names no address. */
  network?: string | undefined;
  /** What the peer shares; empty means not announced yet: a live peer keeps its catalog until it announces the next. */
  catalogIds: readonly string[];
}

export interface ConnectionClosed extends ConnectionEvent {
  /** A newer connection of the peer replaced it, so the peer is still there: its catalog stays until the newer one announces its own. */
  replaced: boolean;
}

export interface CatalogUpdate extends ConnectionEvent {
  catalogIds: readonly string[];
  removedCatalogIds: readonly string[];
  /** Replaces the catalog, once the `final` part of `updateId` is there. */
  isFull: boolean;
  updateId: string;
  final: boolean;
  position: EventPosition;
}

/** The position of an event on the bus: one that is not beyond the last position of its connection is a redelivery. */
export interface EventPosition {
  /** Topic and partition. */
  source: string;
  /** Decimal digits. */
  offset: string;
  timestamp: number;
}

export interface ConnectionHeartbeat {
  peerId: string;
  connectionId: string;
  activeStreams: number;
}

export interface HoldingCheck extends ConnectionEvent {
  catalogId: string;
  outcome: 'proven' | 'failed' | 'unanswered';
}

/**
 * What speaks for a peer as the holder of a file, the best first: it proved this file; it proved others; nothing is known,
 * as of peers that cannot be asked; it did not answer, or failed.
 */
export const TRUST_ORDER = ['file_proven', 'peer_proven', 'unproven', 'failed'] as const;
export type HolderTrust = (typeof TRUST_ORDER)[number];

export interface PlaybackCandidate {
  trust: HolderTrust;
  /** Null where the edge did not say. */
  network: string | null;
  /** When the tracker first saw this peer id, in milliseconds since 1970; forgotten with the peer. */
  firstSeenAt: number;
  peerId: string;
  edgeId: string;
  connectionId: string;
  /** Streams it serves, with those about to begin. */
  load: number;
  lastHeartbeatAt: number;
}

/**
 * How long a closed connection is kept, so that events delivered after its end are recognized as late.
 * Kafka redelivers within minutes; a day covers a consumer that was down overnight.
 */
export const CLOSED_CONNECTION_MEMORY_MS = 24 * 3_600_000;

/** How long a peer is no holder of a file it failed to prove. */
export const FAILED_CHECK_MEMORY_MS = 600_000;
/** How long a failure, or silence after a challenge, stands against a peer. */
export const DISTRUST_MS = 3_600_000;
/** How long a proof speaks for a peer. */
export const PROOF_MEMORY_MS = 24 * 3_600_000;
/** Checks kept per peer and outcome; the oldest are dropped. */
export const MAX_CHECKS_PER_PEER = 1_000;

/** What the latest checks of a peer say; times are 0 for never. */
export interface CheckTimes {
  provenAt: number;
  failedAt: number;
  unansweredAt: number;
}

export function trustOf(
  file: 'proven' | 'unanswered' | null,
  { provenAt, failedAt, unansweredAt }: CheckTimes,
  now: number,
): HolderTrust {
  if (file === 'proven') return 'file_proven';
  const isSilent = unansweredAt > provenAt && now - unansweredAt < DISTRUST_MS;
  if (file === 'unanswered' || isSilent || now - failedAt < DISTRUST_MS) return 'failed';
  return now - provenAt < PROOF_MEMORY_MS ? 'peer_proven' : 'unproven';
}

/** How long the parts of a full update wait for their final one. */
export const STAGED_UPDATE_TTL_MS = 3_600_000;

/** More than any home library; bounds the work of one exact difference (some 100 ms of Redis at the limit). */
export const MAX_CATALOG_IDS_PER_PEER = 100_000;

/** A peer shares more than the tracker takes; nothing of the update was applied. */
export class CatalogTooLarge extends Error {
  override readonly name = 'CatalogTooLarge';

  constructor(peerId: string) {
    super(`peer ${peerId} shares more than the limit of ${MAX_CATALOG_IDS_PER_PEER} catalog ids`);
  }
}

/** Whether `position` was already seen by the connection whose last position is `last`. */
export function isRedelivery(position: EventPosition, last: EventPosition | null): boolean {
  return (
    last !== null &&
    last.source === position.source &&
    padOffset(position.offset) <= padOffset(last.offset) &&
    position.timestamp <= last.timestamp
  );
}

/** Offsets as strings whose order is that of the numbers; Kafka's have at most 19 digits. */
export function padOffset(offset: string): string {
  return offset.padStart(20, '0');
}

/** The position of a peer in {@link PeerRegistry.peers}. */
export function peerCursor(peer: { connectionId: string; id: string }): string {
  return `${peer.connectionId}:${peer.id}`;
}
