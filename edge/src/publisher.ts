import {
  type Bus,
  type Logger,
  notReady,
  type OutgoingRecord,
  READY,
  type Readiness,
} from '@giggityflix/platform';
import { MAX_BATCH_BYTES, MAX_BATCH_MESSAGES, PUBLISH_LANES } from './limits.ts';
import type { EdgeMetrics } from './metrics.ts';

/** Delays between attempts at a batch the bus refused, in milliseconds. */
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 2_000;

interface Entry {
  records: readonly OutgoingRecord[];
  bytes: number;
  done: (durable: boolean) => void;
}

export interface Publisher {
  /**
   * Queues records behind all earlier ones of the same `order` (a peer id); `done(true)` is called, in
   * order, once the bus has them. A bus that fails is tried again until it takes them, so `done(false)`
   * comes only when the edge stops first.
   */
  publish(order: string, records: readonly OutgoingRecord[], bytes: number, done: Entry['done']): void;
  /** The same as a promise, which rejects when the edge stops before the bus took the records. */
  published(order: string, records: readonly OutgoingRecord[], bytes?: number): Promise<void>;
  /** Bytes queued and in flight, over all peers. */
  heldBytes(): number;
  ready(): Readiness;
  /** Waits until everything queued is durable, at most `deadlineMs`; the rest is given up. */
  drain(deadlineMs: number): Promise<void>;
}

/**
 * Gathers what many peers say into few publications. While one batch of a lane waits for the broker the
 * next one fills, so a slow broker makes batches larger instead of queues longer. Order per peer holds
 * because a peer has one lane, a lane has one batch in flight, and a failed batch is sent again whole.
 */
export function createPublisher(deps: { bus: Bus; logger: Logger; metrics: EdgeMetrics }): Publisher {
  const lanes = Array.from({ length: PUBLISH_LANES }, () => ({ queue: [] as Entry[], busy: false }));
  let held = 0;
  let failure: string | null = null;
  let givenUp = false;
  let wake: (() => void) | null = null;
  let onEmpty: (() => void) | null = null;

  const settle = (batch: Entry[], durable: boolean) => {
    for (const entry of batch) {
      held -= entry.bytes;
      entry.done(durable);
    }
    deps.metrics.heldBytes.set(held);
    if (onEmpty && lanes.every((lane) => lane.queue.length === 0 && !lane.busy)) onEmpty();
  };

  const attempt = async (batch: Entry[]): Promise<boolean> => {
    const records = batch.flatMap((entry) => entry.records);
    for (let delay = FIRST_RETRY_MS; !givenUp; delay = Math.min(LONGEST_RETRY_MS, delay * 2)) {
      try {
        await deps.bus.publish(records);
        failure = null;
        return true;
      } catch (error) {
        if (failure === null) deps.logger.error({ err: error }, 'the bus takes no events; peers wait');
        failure = (error as Error).message;
        deps.metrics.publishRetries.inc();
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, delay * (0.8 + 0.4 * Math.random()));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return false;
  };

  const run = async (lane: (typeof lanes)[number]) => {
    lane.busy = true;
    while (lane.queue.length > 0) {
      const batch = takeBatch(lane.queue);
      const started = performance.now();
      const durable = await attempt(batch);
      if (durable) deps.metrics.publishSeconds.observe((performance.now() - started) / 1_000);
      lane.busy = lane.queue.length > 0;
      settle(batch, durable);
    }
    lane.busy = false;
  };

  const publish: Publisher['publish'] = (order, records, bytes, done) => {
    if (givenUp) {
      done(false);
      return;
    }
    const lane = lanes[laneOf(order)]!;
    lane.queue.push({ records, bytes, done });
    held += bytes;
    if (!lane.busy) void run(lane);
  };

  return {
    publish,
    published: (order, records, bytes = 256) =>
      new Promise((resolve, reject) => {
        publish(order, records, bytes, (durable) =>
          durable ? resolve() : reject(new Error('the edge stopped before the bus took the event')),
        );
      }),
    heldBytes: () => held,
    ready: () => (failure === null ? READY : notReady(`the bus takes no events: ${failure}`)),
    async drain(deadlineMs) {
      const idle = () => lanes.every((lane) => lane.queue.length === 0 && !lane.busy);
      if (!idle()) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, deadlineMs);
          onEmpty = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      givenUp = true;
      wake?.();
    },
  };
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
