import type { Bus, OutgoingRecord, Topics } from '@giggityflix/bus';
import { type Logger, READY, type Service } from '@giggityflix/kernel';
import type { Outbox, OutboxEntry } from './outbox.ts';

/** The CloudEvents extension that numbers the changes of one catalog id, so that readers drop repetitions. */
export const SEQUENCE_HEADER = 'ce_sequence';

/** Entries published in one call. */
const BATCH_SIZE = 500;
/** How often entries are looked for that a process left behind when it died. */
const POLL_INTERVAL_MS = 1_000;
/** Wait after the bus refused a batch. */
const RETRY_DELAY_MS = 500;

/** Moves the outbox to the bus, at once after an append of this process. */
export interface Publisher extends Service {
  /** Publishes until nothing is left to claim. */
  drain(): Promise<void>;
}

export function createPublisher(options: {
  outbox: Outbox;
  bus: Bus;
  topics: Topics;
  logger: Logger;
  onPublished?: (count: number) => void;
}): Publisher {
  const { outbox, bus, topics, logger } = options;
  let timer: NodeJS.Timeout | undefined;
  let stopped = true;
  let draining: Promise<void> | null = null;
  let again = false;

  const publishAll = async () => {
    do {
      again = false;
      for (let batch = await outbox.claim(BATCH_SIZE); batch; batch = await outbox.claim(BATCH_SIZE)) {
        try {
          await bus.publish(batch.entries.map((entry) => toRecord(topics, entry)));
        } catch (error) {
          await outbox.release(batch);
          throw error;
        }
        await outbox.complete(batch);
        options.onPublished?.(batch.entries.length);
      }
    } while (again);
  };
  const drain = (): Promise<void> => {
    again = true;
    draining ??= publishAll().finally(() => {
      draining = null;
    });
    return draining;
  };
  const schedule = (delayMs: number) => {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(run, delayMs);
  };
  const run = () => {
    void drain().then(
      () => schedule(POLL_INTERVAL_MS),
      (error) => {
        logger.warn({ err: error }, 'changes could not be published; they are kept');
        schedule(RETRY_DELAY_MS);
      },
    );
  };
  return {
    drain,
    async start() {
      stopped = false;
      outbox.onAppend(run);
      run();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      outbox.onAppend(() => {});
      await draining?.catch(() => {});
    },
    ready: () => READY,
  };
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
