import type { Logger } from '@giggityflix/kernel';
import { v7 as uuidv7 } from 'uuid';
import type { ConsumeOptions, GroupConsumer } from '../bus.ts';
import { createDelivery, routesByTopic } from '../delivery.ts';
import { createKeyedQueue } from '../keyed-queue.ts';
import type { BusMetrics } from '../metrics.ts';
import { placeOf, type StoredRecord, type WireRecord } from '../record.ts';
import { orderOf, type Partition, startPartition } from './partition.ts';
import type { EmbeddedStore } from './store.ts';

/** How long a partition stays with a member that no longer renews its lease. */
const LEASE_MS = 2_000;
/** A lease is renewed when so much of it is left, so that a short delay does not lose it. */
const RENEW_BEFORE_MS = 1_300;
/** How often a member checks whether it should claim or release partitions. */
const TICK_INTERVAL_MS = 300;
/** Records read ahead of the handlers, per member; what bounds its memory. */
const MAX_BUFFERED = 1_000;
/** Records of one partition that may wait for an earlier one to settle before it is read no further. */
const MAX_UNCOMMITTED = 500;
/** Commits are gathered for this long: each is a write transaction on a file others write too. */
const COMMIT_INTERVAL_MS = 10;
const LAG_INTERVAL_MS = 5_000;
/** Counting a backlog reads it, so a large one is only said to be at least this, for each partition. */
const MAX_LAG_COUNTED = 10_000;
const DEFAULT_CONCURRENCY = 16;

export interface EmbeddedMember extends GroupConsumer {
  /** These partitions have new records. */
  notice(places: readonly { topic: string; partition: number }[]): void;
}

/** One member of a consumer group of the embedded bus: holds partitions by lease and processes their records. */
export function createEmbeddedMember(
  options: ConsumeOptions,
  deps: {
    store: EmbeddedStore;
    send(record: WireRecord): Promise<void>;
    logger: Logger;
    metrics: BusMetrics;
  },
): EmbeddedMember {
  const { store, logger } = deps;
  const { groupId } = options;
  const topics = [...routesByTopic(options.routes).keys()];
  const member = { groupId, memberId: uuidv7(), topics };
  const deliver = createDelivery({ options, ...deps });
  const queue = createKeyedQueue({ concurrency: options.concurrency ?? DEFAULT_CONCURRENCY });
  const partitions = new Map<string, Partition>();
  /** Partitions that may have records after their position. */
  const dirty = new Set<Partition>();
  let leasesEndAt = 0;
  /** When the file was last read. */
  let heardAt = Date.now();
  let commitTimer: NodeJS.Timeout | null = null;
  let stopped: Promise<void> | null = null;

  const balance = () => {
    let { held, excess, claimable } = store.holdings(member);
    if (claimable) {
      store.claim(member);
      ({ held, excess } = store.holdings(member));
    }
    const places = new Set(held.map(placeOf));
    for (const [place, partition] of partitions) {
      if (places.has(place)) continue;
      logger.warn({ groupId, ...partition.lease }, 'lost a partition to another member');
      partition.revoked.abort();
      partitions.delete(place);
    }
    for (const lease of held) {
      if (partitions.has(placeOf(lease))) continue;
      const partition = startPartition(lease);
      partitions.set(placeOf(lease), partition);
      dirty.add(partition);
    }
    for (const [topic, count] of excess) releaseSome(topic, count);
    pump();
    heardAt = Date.now();
    // What was published since is noticed, and marks its partition.
    for (const partition of partitions.values())
      if (!dirty.has(partition)) partition.progress.sawNothingNew();
  };

  const releaseSome = (topic: string, count: number) => {
    const ours = [...partitions.values()].filter(({ lease }) => lease.topic === topic);
    const leaving = ours.filter(({ revoked }) => revoked.signal.aborted);
    const staying = ours.filter(({ revoked }) => !revoked.signal.aborted);
    for (const partition of staying.slice(0, Math.max(0, count - leaving.length))) {
      partition.revoked.abort();
      releaseWhenIdle(partition);
    }
  };

  /** Others may take a partition over once none of its handlers runs here. */
  const releaseWhenIdle = (partition: Partition) => {
    const place = placeOf(partition.lease);
    if (!partition.revoked.signal.aborted || partition.running > 0) return;
    if (partitions.get(place) !== partition || stopped) return;
    commit();
    partitions.delete(place);
    // If that fails, the next check finds the partition still held and releases it again.
    guarded('release a partition', () => store.release(member, partition.lease))();
  };

  /** An unreadable file must not end the process: the next notice or tick tries again. */
  const guarded = (what: string, work: () => void) => () => {
    try {
      work();
    } catch (error) {
      logger.warn({ err: error, groupId }, `cannot ${what}, trying again`);
    }
  };

  const pump = guarded('read records', () => {
    for (const partition of dirty) {
      if (partition.revoked.signal.aborted) {
        dirty.delete(partition);
        continue;
      }
      const limit = Math.min(MAX_BUFFERED - queue.size, MAX_UNCOMMITTED - partition.inflight.size);
      // Reading a handful at a time would cost a query for each record: wait for more room.
      if (limit < MAX_UNCOMMITTED / 10) continue;
      const { topic, partition: number } = partition.lease;
      const records = store.readPartition(topic, number, partition.position, limit);
      if (records.length < limit) dirty.delete(partition);
      for (const record of records) {
        partition.position = Number(record.offset);
        enqueue(partition, record);
      }
      if (records.length < limit) partition.progress.sawEnd(partition.position);
    }
  });

  const enqueue = (partition: Partition, record: StoredRecord) => {
    const settle = partition.inflight.add(Number(record.offset));
    queue.push(orderOf(record), async () => {
      if (!mayHandle(partition)) return;
      partition.running += 1;
      const outcome = await deliver(record, partition.revoked.signal);
      partition.running -= 1;
      if (outcome === 'settled') {
        settle();
        commitTimer ??= setTimeout(commit, COMMIT_INTERVAL_MS);
      }
      releaseWhenIdle(partition);
      if (!stopped) pump();
    });
  };

  /** After a long stall of this process the lease may be another member's: check before the next record. */
  const mayHandle = (partition: Partition): boolean => {
    if (!stopped && Date.now() >= leasesEndAt) tick();
    if (partition.revoked.signal.aborted) return false;
    if (Date.now() < leasesEndAt) return true;
    // The lease cannot be renewed now. The records already read are dropped, and read again once it can be.
    partition.revoked.abort();
    partitions.delete(placeOf(partition.lease));
    return false;
  };

  const commit = () => {
    if (commitTimer) clearTimeout(commitTimer);
    commitTimer = null;
    for (const partition of partitions.values()) {
      const settled = partition.inflight.takeSettled();
      if (settled === null) continue;
      partition.lease.committed = settled;
      partition.progress.handled(settled);
      partition.uncommitted = true;
    }
    const grown = [...partitions.values()].filter(({ uncommitted }) => uncommitted);
    if (grown.length === 0) return;
    try {
      store.commit(
        member,
        grown.map(({ lease }) => lease),
      );
      for (const partition of grown) partition.uncommitted = false;
    } catch (error) {
      logger.warn({ err: error, groupId }, 'cannot commit, trying again');
      if (!stopped) commitTimer = setTimeout(commit, TICK_INTERVAL_MS);
    }
    if (!stopped) pump();
  };

  const renew = () => {
    store.renew(member, LEASE_MS);
    leasesEndAt = Date.now() + LEASE_MS;
  };
  const tick = guarded('renew leases', () => {
    if (leasesEndAt - Date.now() < RENEW_BEFORE_MS) renew();
    if (!stopped) balance();
  });

  store.join(groupId, topics, options.from ?? 'latest');
  if (options.exclusive) store.evict(groupId);
  renew();
  balance();
  const timer = setInterval(tick, TICK_INTERVAL_MS);
  const reportLag = guarded('count the backlog', () => {
    const lag = new Map(topics.map((topic) => [topic, 0]));
    for (const { lease } of partitions.values())
      lag.set(lease.topic, (lag.get(lease.topic) ?? 0) + store.backlog(lease, MAX_LAG_COUNTED));
    for (const [topic, records] of lag) deps.metrics.lag(topic, groupId, records);
  });
  const lagTimer = setInterval(reportLag, LAG_INTERVAL_MS);

  return {
    caughtUpAt: () =>
      Math.min(heardAt, ...[...partitions.values()].map(({ progress }) => progress.caughtUpAt)),
    notice(places) {
      for (const place of places) {
        const partition = partitions.get(placeOf(place));
        if (partition) dirty.add(partition);
      }
      pump();
    },
    stop() {
      stopped ??= (async () => {
        for (const { revoked } of partitions.values()) revoked.abort();
        // Leases are renewed until the last handler has finished.
        await queue.idle();
        clearInterval(timer);
        clearInterval(lagTimer);
        commit();
        if (commitTimer) clearTimeout(commitTimer);
        try {
          store.leave(member);
        } catch (error) {
          logger.warn({ err: error, groupId }, 'cannot leave the group; its leases will expire');
        }
      })();
      return stopped;
    },
  };
}
