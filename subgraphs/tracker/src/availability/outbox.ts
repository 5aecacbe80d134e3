/**
 * What has changed and is not yet on the bus. Entries are appended in the atomic step of the change
 * itself, so that none is lost and none is made up, and leave in order per catalog id.
 */
export interface Outbox {
  /**
   * Takes the oldest entries for publication; null when there are none that another process is not
   * already publishing. Nobody else gets them until {@link Outbox.complete} or the end of the lease.
   */
  claim(limit: number): Promise<OutboxBatch | null>;
  /** Removes published entries and frees the rest for the next claim. */
  complete(batch: OutboxBatch): Promise<void>;
  /** Gives up a batch that could not be published; its entries are claimed again. */
  release(batch: OutboxBatch): Promise<void>;
  /** Entries waiting. */
  size(): Promise<number>;
  /** Called after this process appended entries. */
  onAppend(listener: () => void): void;
}

export interface OutboxBatch {
  token: string;
  entries: readonly OutboxEntry[];
}

export type OutboxEntry = AvailabilityChanged | SubscriptionMatched;

interface Entry {
  /** Grows per catalog id, as a string: the CloudEvents `sequence` by which readers tell a repetition. */
  sequence: string;
  catalogId: string;
  peerCount: number;
  /** When it changed, in milliseconds since 1970. */
  at: number;
}

export interface AvailabilityChanged extends Entry {
  kind: 'availability';
}

export interface SubscriptionMatched extends Entry {
  kind: 'match';
  subscriptionId: string;
  owner: SubscriptionOwner;
  availablePeers: readonly string[];
}

export interface SubscriptionOwner {
  kind: 'user' | 'service';
  id: string;
}

/** How long one process may take to publish a batch before another tries. */
export const OUTBOX_LEASE_MS = 10_000;

/** Most peers a match names. */
export const MAX_PEERS_PER_MATCH = 100;

/** Sequences of equal length, so that their order as strings is that of the numbers. */
export function formatSequence(value: number | bigint): string {
  return String(value).padStart(20, '0');
}
