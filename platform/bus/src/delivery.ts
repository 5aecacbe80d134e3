import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, retryDelayMs, TRACEPARENT, withTrace } from '@giggityflix/kernel';
import { type ConsumeOptions, DEAD_LETTER_HEADERS, DEFAULT_RETRY, RejectMessage, type Route } from './bus.ts';
import type { BusMetrics } from './metrics.ts';
import { decodeValue, MAX_VALUE_BYTES, type StoredRecord, type WireRecord } from './record.ts';

/** `settled`: handled or dead-lettered, so it may be committed. `abandoned`: not finished here, so it must be delivered again. */
export type Outcome = 'settled' | 'abandoned';

export interface DeliveryDeps {
  options: Pick<ConsumeOptions, 'groupId' | 'routes' | 'retry' | 'deadLetterTopic'>;
  /** Appends a record as it is; resolves once it is durable. */
  send(record: WireRecord): Promise<void>;
  logger: Logger;
  metrics: BusMetrics;
}

/** Longest reason written into a dead letter, in characters. */
const MAX_REASON_LENGTH = 2_000;

/** Longest topic name Kafka takes. */
const MAX_TOPIC_LENGTH = 249;
const DEAD_LETTER_SUFFIX = '.deadletter';

function defaultDeadLetterTopic(topic: string): string {
  return topic.slice(0, MAX_TOPIC_LENGTH - DEAD_LETTER_SUFFIX.length) + DEAD_LETTER_SUFFIX;
}

/**
 * Brings one record to its end: parse, handle, retry, dead-letter. Never rejects; waits between retries end
 * early when `signal` aborts.
 */
export function createDelivery(deps: DeliveryDeps) {
  const { options, logger, metrics } = deps;
  const retry = options.retry ?? DEFAULT_RETRY;
  const deadLetterTopic = options.deadLetterTopic ?? defaultDeadLetterTopic;
  const routes = routesByTopic(options.routes);

  const deadLetter = async (
    record: StoredRecord,
    reason: string,
    attempts: number,
    signal: AbortSignal,
  ): Promise<Outcome> => {
    // With its headers it might exceed what the broker takes, and block its partition forever.
    const tooLarge = record.value !== null && record.value.length > MAX_VALUE_BYTES;
    const letter: WireRecord = {
      topic: deadLetterTopic(record.topic),
      key: record.key,
      value: tooLarge ? null : record.value,
      headers: {
        ...record.headers,
        [DEAD_LETTER_HEADERS.topic]: record.topic,
        [DEAD_LETTER_HEADERS.partition]: String(record.partition),
        [DEAD_LETTER_HEADERS.offset]: record.offset,
        [DEAD_LETTER_HEADERS.reason]: `${tooLarge ? '(value too large to keep) ' : ''}${reason.slice(0, MAX_REASON_LENGTH)}`,
        [DEAD_LETTER_HEADERS.attempts]: String(attempts),
        [DEAD_LETTER_HEADERS.consumerGroup]: options.groupId,
      },
    };
    for (let failures = 1; ; failures += 1) {
      try {
        await deps.send(letter);
        metrics.deadLettered(record.topic, options.groupId);
        logger.warn(
          { topic: record.topic, partition: record.partition, offset: record.offset, reason, attempts },
          'sent a record to the dead-letter topic',
        );
        return 'settled';
      } catch (error) {
        logger.error(
          { err: error, topic: letter.topic },
          'cannot write to the dead-letter topic, trying again',
        );
        if (!(await pause(retryDelayMs(DEFAULT_RETRY, failures), signal))) return 'abandoned';
      }
    }
  };

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

/** False when `signal` aborted before the time had passed. */
export async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
