import type { Bus, ConsumeOptions, IncomingRecord, OutgoingRecord } from '@giggityflix/bus';
import { READY } from '@giggityflix/kernel';

export interface RecordedBus extends Bus {
  /** Everything that became durable, in order. */
  readonly published: OutgoingRecord[];
  /** How often `publish` was called. */
  calls(): number;
  /** While stalled, publications neither succeed nor fail. */
  stall(stalled: boolean): void;
  /** While set, publications reject with this message. */
  fail(reason: string | null): void;
  /** Values on a topic, by its CloudEvents type. */
  values(type: string): Record<string, unknown>[];
  /** Hands a value to the consumer of a topic as a single attempt; rejects as its handler does. */
  deliver(topicName: string, key: string, value: unknown, options?: Partial<IncomingRecord>): Promise<void>;
}

/** A bus that keeps everything in memory and fails or stalls on request. */
export function createRecordedBus(): RecordedBus {
  const published: OutgoingRecord[] = [];
  const consumers: ConsumeOptions[] = [];
  let calls = 0;
  let offset = 0;
  let failure: string | null = null;
  let stalled: Promise<void> | null = null;
  let release = () => {};
  return {
    published,
    calls: () => calls,
    start: async () => {},
    stop: async () => {},
    ready: async () => READY,
    async check() {
      if (failure) throw new Error(failure);
    },
    async publish(records) {
      calls++;
      const list = [records].flat() as OutgoingRecord[];
      await stalled;
      if (failure) throw new Error(failure);
      published.push(...list);
    },
    async consume(options) {
      consumers.push(options);
      return {
        stop: async () => void consumers.splice(consumers.indexOf(options), 1),
        caughtUpAt: Date.now,
      };
    },
    broadcast: async () => ({ stop: async () => {} }),
    stall(value) {
      if (value) stalled ??= new Promise((resolve) => (release = resolve));
      else {
        stalled = null;
        release();
      }
    },
    fail(reason) {
      failure = reason;
    },
    values: (type) =>
      published.flatMap(({ topic, value }) =>
        topic.type === type ? [value as Record<string, unknown>] : [],
      ),
    async deliver(topicName, key, value, options = {}) {
      const route = consumers.flatMap(({ routes }) => routes).find(({ topic }) => topic.name === topicName);
      if (!route) throw new Error(`there is no consumer of ${topicName}`);
      await route.handle({
        topic: topicName,
        key,
        value: route.topic.schema.parse(value),
        headers: {},
        partition: 0,
        offset: String(offset++),
        timestamp: Date.now(),
        attempt: 1,
        ...options,
      });
    },
  };
}
