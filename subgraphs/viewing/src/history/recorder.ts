import { type Bus, type Consumer, on, type Topics } from '@giggityflix/bus';
import { READY, type RetryPolicy, type Service } from '@giggityflix/kernel';
import type { History } from './history.ts';

/** About an hour of attempts: events wait for a database that is unavailable and do not become dead letters. */
const RETRY: RetryPolicy = { maxRetries: 240, initialDelayMs: 200, maxDelayMs: 15_000, jitterFactor: 0.2 };

/** Writes playback events into the history; any number of processes share the work. */
export function createRecorder(deps: {
  bus: Bus;
  topics: Topics;
  groupId: string;
  history: History;
}): Service {
  let consumer: Consumer | null = null;
  return {
    async start() {
      consumer = await deps.bus.consume({
        groupId: deps.groupId,
        from: 'earliest',
        retry: RETRY,
        routes: [
          on(deps.topics.playbackEvents, (record) =>
            deps.history.record(record.headers.ce_id ?? `${record.partition}:${record.offset}`, record.value),
          ),
        ],
      });
    },
    async stop() {
      await consumer?.stop();
      consumer = null;
    },
    ready: () => READY,
  };
}
