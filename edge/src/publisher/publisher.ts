import { setTimeout as sleep } from 'node:timers/promises';
import { type Bus, InvalidRecordError, type OutgoingRecord } from '@giggityflix/bus';
import {
  childOf,
  currentTraceparent,
  type Logger,
  notReady,
  READY,
  type Readiness,
  type RetryPolicy,
  retryDelayMs,
  TRACEPARENT,
} from '@giggityflix/kernel';
import { startSpan } from '@giggityflix/telemetry';
import type { EdgeMetrics } from '../metrics.ts';

/** A batch is smaller than Kafka's default `message.max.bytes` (1 MiB), with room for its framing. */
const MAX_BATCH_BYTES = 900_000;
/** Messages of one batch. */
export const MAX_BATCH_MESSAGES = 500;
/**
 * Batches in flight at once. Peers are spread over them by id, so that order per peer holds while one batch waits for
 * the broker.
 */
const PUBLISH_LANES = 4;

/** The pauses between attempts at a batch the bus refused; attempts end with the edge alone. */
const RETRY: RetryPolicy = {
  maxRetries: Number.POSITIVE_INFINITY,
  initialDelayMs: 100,
  maxDelayMs: 2_000,
  jitterFactor: 0.2,
};

/**
 * What became of records: the bus has them, it never will because they do not fit their topic, or the edge stopped
 * first.
 */
export type Outcome = 'durable' | 'invalid' | 'abandoned';

const REASONS = {
  invalid: 'the record does not fit its topic',
  abandoned: 'the edge stopped before the bus took the record',
} as const;

interface Entry {
  records: readonly OutgoingRecord[];
  bytes: number;
  done: (outcome: Outcome) => void;
}

export interface Publisher {
  /**
   * Queues records behind all earlier ones of the same `order` (a peer id); `done` is called in order. A bus
   * that fails is tried again until it takes them.
   */
  publish(order: string, records: readonly OutgoingRecord[], bytes: number, done: Entry['done']): void;
  /** The same as a promise, which rejects unless the records became durable. */
  published(order: string, records: readonly OutgoingRecord[], bytes?: number): Promise<void>;
  /** Bytes queued and in flight, over all peers. */
  heldBytes(): number;
  ready(): Readiness;
  /** Waits until everything queued is durable, at most `deadlineMs`; the rest is abandoned. */
  drain(deadlineMs: number): Promise<void>;
}

/**
 * Combines messages of many peers into few publications. While one batch of a lane waits for the broker the
 * next one fills, so a slow broker makes batches larger instead of queues longer. Order per peer holds
 * because a peer has one lane, a lane has one batch in flight, and a failed batch is sent again whole.
 */
export function createPublisher(deps: { bus: Bus; logger: Logger; metrics: EdgeMetrics }): Publisher {
  const lanes = Array.from({ length: PUBLISH_LANES }, () => ({ queue: [] as Entry[], busy: false }));
  let held = 0;
  let failure: string | null = null;
  const stop = new AbortController();
  let onEmpty: (() => void) | null = null;

  const settle = (batch: Entry[], outcome: Outcome) => {
    for (const entry of batch) {
      held -= entry.bytes;
      entry.done(outcome);
    }
    deps.metrics.heldBytes.set(held);
  };
  const idle = () => lanes.every((lane) => lane.queue.length === 0 && !lane.busy);

  const attempt = async (batch: Entry[]): Promise<Outcome> => {
    const records = batch.flatMap((entry) => entry.records);
    if (records.length === 0) return 'durable';
    for (let attempts = 1; !stop.signal.aborted; attempts++) {
      try {
        await deps.bus.publish(records);
        failure = null;
        return 'durable';
      } catch (error) {
        if (error instanceof InvalidRecordError) return 'invalid';
        if (failure === null) deps.logger.error({ err: error }, 'the bus takes no events; peers wait');
        failure = (error as Error).message;
        deps.metrics.publishRetries.inc();
      }
      await sleep(retryDelayMs(RETRY, attempts), null, { signal: stop.signal }).catch(() => {});
    }
    return 'abandoned';
  };

  const run = async (lane: (typeof lanes)[number]) => {
    lane.busy = true;
    while (lane.queue.length > 0) {
      const batch = takeBatch(lane.queue);
      const started = performance.now();
      const outcome = await attempt(batch);
      if (outcome === 'durable') deps.metrics.publishSeconds.observe((performance.now() - started) / 1_000);
      if (outcome === 'invalid' && batch.length > 1) {
        // One record makes the call fail: alone, the others succeed.
        for (const entry of batch) settle([entry], await attempt([entry]));
        continue;
      }
      if (outcome === 'invalid')
        deps.logger.error({ order: batch[0]?.records[0]?.key }, 'a record fits no topic');
      settle(batch, outcome);
    }
    lane.busy = false;
    if (onEmpty && idle()) onEmpty();
  };

  const publish: Publisher['publish'] = (order, records, bytes, done) => {
    if (stop.signal.aborted) {
      done('abandoned');
      return;
    }
    const lane = lanes[laneOf(order)]!;
    lane.queue.push({ records: records.map(traced), bytes, done });
    held += bytes;
    if (!lane.busy) void run(lane);
  };

  return {
    publish,
    published: (order, records, bytes = 256) =>
      new Promise((resolve, reject) => {
        publish(order, records, bytes, (outcome) =>
          outcome === 'durable' ? resolve() : reject(new Error(REASONS[outcome])),
        );
      }),
    heldBytes: () => held,
    ready: () => (failure === null ? READY : notReady(`the bus takes no events: ${failure}`)),
    async drain(deadlineMs) {
      if (!idle()) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, deadlineMs);
          onEmpty = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      stop.abort();
    },
  };
}

/** Keeps the trace that a record belongs to: a batch is published in the context of its first record. */
function traced(record: OutgoingRecord): OutgoingRecord {
  return {
    ...record,
    headers: { [TRACEPARENT]: originOf(record), ...record.headers },
  };
}

/** What no peer or command caused begins a trace of its own. */
function originOf({ topic, headers }: OutgoingRecord): string {
  const known = headers?.[TRACEPARENT] ?? currentTraceparent();
  if (known !== undefined) return known;
  const span = startSpan(`event ${topic.name}`, { parent: null });
  span?.end();
  return span?.traceparent ?? childOf(undefined);
}

function takeBatch(queue: Entry[]): Entry[] {
  let bytes = 0;
  let count = 0;
  while (count < queue.length && count < MAX_BATCH_MESSAGES) {
    bytes += queue[count]!.bytes;
    if (count > 0 && bytes > MAX_BATCH_BYTES) break;
    count++;
  }
  return queue.splice(0, count);
}

/** FNV-1a, so that lanes fill evenly whatever the ids look like. */
function laneOf(order: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < order.length; index++)
    hash = Math.imul(hash ^ order.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % PUBLISH_LANES;
}
