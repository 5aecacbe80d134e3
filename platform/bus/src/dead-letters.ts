import { type Logger, retryDelayMs } from '@giggityflix/kernel';
import { type ConsumeOptions, DEAD_LETTER_HEADERS, DEFAULT_RETRY } from './bus.ts';
import type { BusMetrics } from './metrics.ts';
import { pause } from './pause.ts';
import { MAX_VALUE_BYTES, type StoredRecord, type WireRecord } from './record.ts';

/** Longest reason written into a dead letter, in characters. */
const MAX_REASON_LENGTH = 2_000;

/** Longest topic name Kafka takes. */
const MAX_TOPIC_LENGTH = 249;
const DEAD_LETTER_SUFFIX = '.deadletter';

function defaultDeadLetterTopic(topic: string): string {
  return topic.slice(0, MAX_TOPIC_LENGTH - DEAD_LETTER_SUFFIX.length) + DEAD_LETTER_SUFFIX;
}

/**
 * Writes records that cannot be processed to their dead-letter topic, with the reason in headers. The result tries until
 * the bus has the record, and resolves to false when `signal` aborts before.
 */
export function createDeadLetters(deps: {
  options: Pick<ConsumeOptions, 'groupId' | 'deadLetterTopic'>;
  send(record: WireRecord): Promise<void>;
  logger: Logger;
  metrics: BusMetrics;
}) {
  const { options, send, logger, metrics } = deps;
  const deadLetterTopic = options.deadLetterTopic ?? defaultDeadLetterTopic;
  return async (
    record: StoredRecord,
    reason: string,
    attempts: number,
    signal: AbortSignal,
  ): Promise<boolean> => {
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
        await send(letter);
        metrics.deadLettered(record.topic, options.groupId);
        logger.warn(
          { topic: record.topic, partition: record.partition, offset: record.offset, reason, attempts },
          'sent a record to the dead-letter topic',
        );
        return true;
      } catch (error) {
        logger.error(
          { err: error, topic: letter.topic },
          'cannot write to the dead-letter topic, trying again',
        );
        if (!(await pause(retryDelayMs(DEFAULT_RETRY, failures), signal))) return false;
      }
    }
  };
}
