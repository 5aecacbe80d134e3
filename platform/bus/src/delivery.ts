import { type Logger, retryDelayMs, TRACEPARENT, withTrace } from '@giggityflix/kernel';
import { type ConsumeOptions, DEFAULT_RETRY, RejectMessage, type Route } from './bus.ts';
import { createDeadLetters } from './dead-letters.ts';
import type { BusMetrics } from './metrics.ts';
import { pause } from './pause.ts';
import { decodeValue, type StoredRecord, type WireRecord } from './record.ts';

/** `settled`: handled or dead-lettered, so it may be committed. `abandoned`: not finished here, so it must be delivered again. */
export type Outcome = 'settled' | 'abandoned';

export interface DeliveryDeps {
  options: Pick<ConsumeOptions, 'groupId' | 'routes' | 'retry' | 'deadLetterTopic'>;
  /** Appends a record as it is; resolves once it is durable. */
  send(record: WireRecord): Promise<void>;
  logger: Logger;
  metrics: BusMetrics;
}

/**
 * Brings one record to its end: parse, handle, retry, dead-letter. Never rejects; waits between retries end
 * early when `signal` aborts.
 */
export function createDelivery(deps: DeliveryDeps) {
  const { options, logger, metrics } = deps;
  const retry = options.retry ?? DEFAULT_RETRY;
  const writeDeadLetter = createDeadLetters(deps);
  const deadLetter = async (...args: Parameters<typeof writeDeadLetter>): Promise<Outcome> =>
    (await writeDeadLetter(...args)) ? 'settled' : 'abandoned';
  const routes = routesByTopic(options.routes);
  for (const topic of routes.keys()) metrics.consumes(topic, options.groupId);

  return async (record: StoredRecord, signal: AbortSignal): Promise<Outcome> => {
    const route = routes.get(record.topic);
    if (!route) return 'settled';
    const decoded = decodeValue(record.value, route.topic.schema);
    if (!decoded.ok) return deadLetter(record, decoded.reason, 0, signal);
    const startedAt = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      if (signal.aborted) return 'abandoned';
      try {
        await withTrace(record.headers[TRACEPARENT], () =>
          route.handle({ ...record, key: record.key ?? '', value: decoded.value, attempt }),
        );
        metrics.consumed(record.topic, options.groupId, (performance.now() - startedAt) / 1_000);
        return 'settled';
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (error instanceof RejectMessage || attempt > retry.maxRetries)
          return deadLetter(record, reason, attempt, signal);
        metrics.retried(record.topic, options.groupId);
        logger.warn(
          { err: error, topic: record.topic, partition: record.partition, offset: record.offset, attempt },
          'a handler failed, trying again',
        );
        if (!(await pause(retryDelayMs(retry, attempt), signal))) return 'abandoned';
      }
    }
  };
}

/** Hands a broadcast record to its route; failures are logged and nothing else. */
export async function deliverOnce(
  record: StoredRecord,
  routes: ReadonlyMap<string, Route>,
  logger: Logger,
): Promise<void> {
  const route = routes.get(record.topic);
  if (!route) return;
  const decoded = decodeValue(record.value, route.topic.schema);
  if (!decoded.ok) {
    logger.warn({ topic: record.topic, offset: record.offset, reason: decoded.reason }, 'skipped a record');
    return;
  }
  try {
    await withTrace(record.headers[TRACEPARENT], () =>
      route.handle({ ...record, key: record.key ?? '', value: decoded.value, attempt: 1 }),
    );
  } catch (error) {
    logger.error({ err: error, topic: record.topic, offset: record.offset }, 'a broadcast handler failed');
  }
}

/** @throws Error when two routes name one topic: only one of them would ever be called. */
export function routesByTopic(routes: readonly Route[]): Map<string, Route> {
  const byTopic = new Map<string, Route>();
  for (const route of routes) {
    if (byTopic.has(route.topic.name)) throw new Error(`two routes for topic ${route.topic.name}`);
    byTopic.set(route.topic.name, route);
  }
  return byTopic;
}
