/**
 * Who has what, where, right now.
 *
 * Two adapters keep these promises, `registry.embedded.ts` and `registry.redis.ts`, and both pass
 * `registry.compliance.ts` unchanged:
 *
 * - **Generations**: of a peer's connections the greatest connection id (a UUIDv7) wins. What an older or an
 *   already closed connection says changes nothing, however late or often it is said.
 * - **Exact differences**: each change of the number of peers that have a title, and nothing else, appends one
 *   entry to the {@link Outbox} in the same atomic step.
 * - **Repair**: a process may die between any two writes; delivering the event again, or the next
 *   {@link PeerRegistry.repair}, completes what it began.
 */
export interface PeerRegistry {
  connectionEstablished(event: ConnectionEstablished): Promise<void>;
  connectionClosed(event: ConnectionClosed): Promise<void>;
  /** @throws CatalogTooLarge when the peer would share more than {@link MAX_CATALOG_IDS_PER_PEER} titles. */
  catalogUpdated(update: CatalogUpdate): Promise<void>;
  /** Keeps connections of one edge from going stale; brings a stale one back. */
  heartbeat(edgeId: string, connections: readonly ConnectionHeartbeat[]): Promise<void>;
  /**
   * Acts on the peers whose time is up, reading no others: a silent one goes stale, a stale one is
   * disconnected, and a disconnected one is forgotten. Of many replicas one acts on each. Returns how many it acted on.
   */
  expireDue(limit: number): Promise<number>;
  /** Completes changes whose process died half way. */
  repair(): Promise<void>;

  /** How many connected peers have each title, in the order asked; one round trip. */
  countPeers(catalogIds: readonly string[]): Promise<number[]>;
  peer(peerId: string): Promise<Peer | null>;
  /** How many peers are in each state. */
  countStates(): Promise<Record<PeerState, number>>;
  /** Peers by connection id, the most recently connected first. `after` is the {@link peerCursor} of the last one seen. */
  peers(page: { first: number; after?: string; state?: PeerState }): Promise<Peer[]>;
  /** A sample of the connected peers that have a title, at most `limit`. */
  candidates(catalogId: string, limit: number): Promise<PlaybackCandidate[]>;
  /** Counts a playback that is about to begin as load, until the peer's next heartbeat tells the truth. */
  notePlayback(peerId: string): Promise<void>;
}

/** CONNECTED peers count; STALE ones have been silent for too long; DISCONNECTED ones are remembered for a while. */
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
  /** What the peer shares; empty says nothing yet, and a live peer keeps its catalog until it announces the next. */
  catalogIds: readonly string[];
}

export interface ConnectionClosed extends ConnectionEvent {
  /** A newer connection of the peer took its place, so the peer is not gone: its catalog stays until that one speaks. */
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

/** Where on the bus an event stands: what is not beyond the last position of its connection is a redelivery. */
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

export interface PlaybackCandidate {
  peerId: string;
  edgeId: string;
  connectionId: string;
  /** Streams it serves, with those about to begin. */
  load: number;
  lastHeartbeatAt: number;
}

/** How the registry treats silence. */
export interface RegistryTiming {
  /** Silence after which a peer is stale, and again after which a stale peer is disconnected. */
  connectionTimeoutMs: number;
}

/**
 * How long a closed connection is remembered, so that events delivered after its end are known as late.
 * Kafka redelivers within minutes; a day covers a consumer that was down overnight.
 */
export const CLOSED_CONNECTION_MEMORY_MS = 24 * 3_600_000;

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

/** Where a peer stands in {@link PeerRegistry.peers}. */
export function peerCursor(peer: { connectionId: string; id: string }): string {
  return `${peer.connectionId}:${peer.id}`;
}
