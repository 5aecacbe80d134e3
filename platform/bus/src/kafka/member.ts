import type { Logger } from '@giggityflix/kernel';
import type { Admin, EachBatchPayload, Kafka } from 'kafkajs';
import type { ConsumeOptions, GroupConsumer } from '../bus.ts';
import { createDelivery, routesByTopic } from '../delivery.ts';
import { createInflightTracker, type InflightTracker } from '../inflight.ts';
import { createKeyedQueue } from '../keyed-queue.ts';
import type { BusMetrics } from '../metrics.ts';
import { createProgress, type Progress } from '../progress.ts';
import { placeOf, type StoredRecord, type WireRecord } from '../record.ts';
import { withTimeout } from './client.ts';
import type { Consumption } from './consumption.ts';
import { createMembership } from './membership.ts';
import { toStoredRecord } from './record.ts';
import type { KafkaTopics } from './topics.ts';

/** How long after a failed commit the next one is tried. */
const COMMIT_RETRY_MS = 1_000;
/** A partition with so many unfinished records is not fetched further… */
const MAX_UNFINISHED = 1_000;
/** …until it is down to so many. */
const RESUME_BELOW = 500;
/** How long a batch waits for room before its partition is paused. */
const MAX_HOLD_MS = 100;
const COMMIT_INTERVAL_MS = 50;
const DEFAULT_CONCURRENCY = 16;

interface Partition {
  topic: string;
  partition: number;
  inflight: InflightTracker<bigint>;
  progress: Progress<bigint>;
  /** Offset of the last record handed to the queue. */
  position: bigint;
  /** Offset of the last record the broker has, as of the last fetch. */
  last: bigint;
  committed: bigint;
  /** What the group is to continue with; written when greater than `committed`. */
  next: bigint;
  /** Fetching is held back because too much is unfinished. */
  paused: boolean;
  /** Called when few records are unfinished again. */
  onRoom: (() => void) | null;
  /** Aborts when the partition is assigned to another member. */
  revoked: AbortController;
}

interface MemberDeps {
  kafka: Kafka;
  admin: Admin;
  topics: KafkaTopics;
  sessionTimeoutMs: number;
  send(record: WireRecord): Promise<void>;
  logger: Logger;
  metrics: BusMetrics;
  consumption: Consumption;
}

/** One member of a Kafka consumer group; offsets are committed only after the handlers' effect. */
export async function joinKafkaGroup(options: ConsumeOptions, deps: MemberDeps): Promise<GroupConsumer> {
  const { logger, metrics } = deps;
  const { groupId } = options;
  const names = [...routesByTopic(options.routes).keys()];
  await deps.topics.ensure(names);
  const deliver = createDelivery({ options, ...deps });
  const queue = createKeyedQueue({ concurrency: options.concurrency ?? DEFAULT_CONCURRENCY });
  const partitions = new Map<string, Partition>();
  let commitTimer: NodeJS.Timeout | null = null;
  let committing: Promise<void> = Promise.resolve();
  let stopped: Promise<void> | null = null;
  /** When the bus last answered. */
  let heardAt = Date.now();
  let isIdle = false;

  const partitionAt = (topic: string, partition: number, first: bigint): Partition => {
    const place = placeOf({ topic, partition });
    const known = partitions.get(place);
    // Offsets below what was committed mean that the topic was created again or the group was reset.
    if (known && first >= known.committed) return known;
    known?.revoked.abort();
    const fresh: Partition = {
      topic,
      partition,
      inflight: createInflightTracker(),
      progress: createProgress(first - 1n),
      position: -1n,
      last: -1n,
      committed: 0n,
      next: 0n,
      paused: false,
      onRoom: null,
      revoked: new AbortController(),
    };
    partitions.set(place, fresh);
    return fresh;
  };

  const enqueue = (partition: Partition, record: StoredRecord) => {
    const settle = partition.inflight.add(partition.position);
    queue.push(record.key === null ? record.topic : `${record.topic} ${record.key}`, async () => {
      if (partition.revoked.signal.aborted) return;
      const outcome = await deliver(record, partition.revoked.signal);
      if (outcome === 'abandoned') return;
      settle();
      advance(partition);
    });
  };

  const advance = (partition: Partition) => {
    const settled = partition.inflight.takeSettled();
    if (settled === null) return;
    partition.progress.handled(settled);
    partition.next = settled + 1n;
    commitTimer ??= setTimeout(commit, COMMIT_INTERVAL_MS);
    if (partition.inflight.size >= RESUME_BELOW) return;
    partition.onRoom?.();
    if (partition.paused) resume(partition);
  };

  const resume = (partition: Partition) => {
    partition.paused = false;
    membership.consumer().resume([{ topic: partition.topic, partitions: [partition.partition] }]);
  };

  /** Commits one after the other, so that a slow one does not overwrite a later one. */
  const commit = () => {
    if (commitTimer) clearTimeout(commitTimer);
    commitTimer = null;
    committing = committing.then(writeOffsets);
    return committing;
  };

  /** Reports what is unfinished over all partitions held here; called when more arrives and when some is done. */
  const reportLag = () => {
    const lag = new Map(names.map((topic) => [topic, 0]));
    for (const { topic, last, position, inflight } of partitions.values())
      lag.set(topic, lag.get(topic)! + Number(last > position ? last - position : 0n) + inflight.size);
    for (const [topic, records] of lag) metrics.lag(topic, groupId, records);
  };

  const writeOffsets = async () => {
    reportLag();
    const written = [...partitions.values()]
      .filter(({ next, committed }) => next > committed)
      .map((partition) => ({ partition, next: partition.next }));
    if (written.length === 0) return;
    try {
      await membership.consumer().commitOffsets(
        written.map(({ partition, next }) => ({
          topic: partition.topic,
          partition: partition.partition,
          offset: String(next),
        })),
      );
      for (const { partition, next } of written) partition.committed = next;
    } catch (error) {
      // During a rebalance nothing can be committed; the next attempt follows.
      logger.debug({ err: error, groupId }, 'cannot commit yet');
      if (!stopped) commitTimer ??= setTimeout(commit, COMMIT_RETRY_MS);
    }
  };

  /**
   * Holds the next fetch back while much is unfinished: by waiting a moment, as most handlers are quick, then
   * by pausing the partition, so that the others go on. (With everything paused kafkajs sleeps.)
   */
  const holdBack = async (partition: Partition) => {
    if (partition.inflight.size < MAX_UNFINISHED) return;
    const quick = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(resolve, MAX_HOLD_MS, false);
      partition.onRoom = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
    partition.onRoom = null;
    if (quick || partition.revoked.signal.aborted) return;
    partition.paused = true;
    membership.consumer().pause([{ topic: partition.topic, partitions: [partition.partition] }]);
  };

  const batch = async ({ batch, resolveOffset, heartbeat, isStale, isRunning }: EachBatchPayload) => {
    if (stopped || !isRunning() || isStale() || batch.messages.length === 0) return;
    const { topic } = batch;
    const partition = partitionAt(topic, batch.partition, BigInt(batch.firstOffset() ?? 0));
    for (const message of batch.messages) {
      const offset = BigInt(message.offset);
      // After a rebalance Kafka starts again at the committed offset; what is in flight here is not taken twice.
      if (offset > partition.position) {
        partition.position = offset;
        enqueue(partition, toStoredRecord(topic, batch.partition, message));
      }
      resolveOffset(message.offset);
    }
    partition.last = BigInt(batch.highWatermark) - 1n;
    partition.progress.sawEnd(partition.last);
    reportLag();
    await holdBack(partition);
    await heartbeat();
  };

  /** Records of partitions that went to other members are theirs to finish. */
  const assigned = (assignment: Readonly<Record<string, readonly number[]>>) => {
    isIdle = Object.values(assignment).every((assignedHere) => assignedHere.length === 0);
    for (const [place, partition] of partitions) {
      if (assignment[partition.topic]?.includes(partition.partition)) continue;
      partition.revoked.abort();
      partitions.delete(place);
      // What is paused stays so through a rejoin, and the partition may come back to us.
      if (partition.paused) resume(partition);
    }
    reportLag();
  };
  const fetched = () => {
    heardAt = Date.now();
    for (const { progress } of partitions.values()) progress.sawNothingNew();
  };
  /** A member without partitions fetches nothing. */
  const known = () => {
    if (isIdle) heardAt = Date.now();
  };
  const renewed = () => {
    for (const partition of partitions.values()) partition.paused = false;
  };

  const membership = createMembership(options, names, { ...deps, batch, assigned, fetched, known, renewed });
  await membership.enter();

  return {
    caughtUpAt: () =>
      Math.min(heardAt, ...[...partitions.values()].map(({ progress }) => progress.caughtUpAt)),
    stop() {
      stopped ??= (async () => {
        for (const { revoked } of partitions.values()) revoked.abort();
        await queue.idle();
        for (const leave of [commit, membership.leave])
          await withTimeout(leave(), 'leaving the group').catch((error: unknown) =>
            logger.warn({ err: error, groupId }, 'a group was not left cleanly'),
          );
      })();
      return stopped;
    },
  };
}
