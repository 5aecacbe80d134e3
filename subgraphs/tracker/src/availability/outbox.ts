import type { Outbox } from '@giggityflix/state';

/** What has changed and is not yet on the bus, in order for each catalog id. */
export interface AvailabilityOutbox extends Outbox<OutboxEntry> {
  /** Entries waiting. */
  size(): Promise<number>;
}

export type OutboxEntry = AvailabilityChanged | SubscriptionMatched;

interface Entry {
  /** Grows per catalog id, as a string: the CloudEvents `sequence` by which readers recognise a repetition. */
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

/** Most peers a match names. */
export const MAX_PEERS_PER_MATCH = 100;

/** Sequences of equal length, so that their order as strings is that of the numbers. */
export function formatSequence(value: number | bigint): string {
  return String(value).padStart(20, '0');
}
