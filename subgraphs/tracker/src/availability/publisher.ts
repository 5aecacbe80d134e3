import type { Bus, OutgoingRecord, Topics } from '@giggityflix/bus';
import type { Logger } from '@giggityflix/kernel';
import { createOutboxRelay, type OutboxRelay } from '@giggityflix/state';
import type { AvailabilityOutbox, OutboxEntry } from './outbox.ts';

/** The CloudEvents extension that numbers the changes of one catalog id, so that readers drop repetitions. */
export const SEQUENCE_HEADER = 'ce_sequence';

/** Entries published in one call. */
const BATCH_SIZE = 500;
/** How often to look for entries that a crashed process left, in milliseconds. */
const POLL_MS = 1_000;
/** How long to wait after the bus refused a batch, in milliseconds. */
const RETRY_MS = 500;

/** Publishes the changes in the outbox, at once after an append of this process. */
export function createPublisher(options: {
  outbox: AvailabilityOutbox;
  bus: Bus;
  topics: Topics;
  logger: Logger;
  onPublished?: (count: number) => void;
}): OutboxRelay {
  const { bus, topics, ...rest } = options;
  return createOutboxRelay({
    ...rest,
    publish: (entries) => bus.publish(entries.map((entry) => toRecord(topics, entry))),
    batchSize: BATCH_SIZE,
    pollMs: POLL_MS,
    retryMs: RETRY_MS,
  });
}

function toRecord(topics: Topics, entry: OutboxEntry): OutgoingRecord {
  const shared = {
    catalog_id: entry.catalogId,
    available_peer_count: entry.peerCount,
    timestamp: new Date(entry.at).toISOString(),
  };
  const envelope = { key: entry.catalogId, headers: { [SEQUENCE_HEADER]: entry.sequence } };
  if (entry.kind === 'availability') {
    const value = { ...shared, is_available: entry.peerCount > 0 };
    return { ...envelope, topic: topics.catalogAvailabilityChanged, value };
  }
  const value = {
    ...shared,
    subscription_id: entry.subscriptionId,
    service_id: entry.owner.kind === 'service' ? entry.owner.id : null,
    user_id: entry.owner.kind === 'user' ? entry.owner.id : null,
    available_peers: entry.availablePeers,
  };
  return { ...envelope, topic: topics.catalogSubscriptionMatched, value };
}
