import type { Readiness, RetryPolicy } from '@giggityflix/kernel';
import type { Topic } from './topics/topic.ts';

/**
 * The bus port: durable topics, ordered per key, delivered at least once.
 *
 * Two adapters give these guarantees: `bus.embedded.ts` (a SQLite file shared by the processes of one
 * machine) and `bus.kafka.ts`. Both pass the suite in `bus.compliance.ts` unchanged.
 *
 * - **Durable**: `publish` resolves once the record survives a crash of this process (embedded) or is
 *   acknowledged by all in-sync replicas (Kafka). Until then it may or may not be delivered.
 * - **Ordered per key**: records of one topic and key are handed to a consumer group in the order their
 *   publications were called by one producer, one at a time.
 * - **At least once**: a record counts as consumed only after the handler resolved. A crash before that
 *   delivers it again, so handlers are idempotent.
 * - **Retry, then dead letter**: a handler that throws is called again after an exponentially growing,
 *   jittered delay; records behind it on the same key wait, other keys go on. Once the retries are used up, or at once
 *   for a payload that does not parse, fails its schema or makes the handler throw {@link RejectMessage},
 *   the record goes unchanged to the dead-letter topic with the reason in its headers, and the group moves on.
 */
export interface Bus {
  start(): Promise<void>;
  /** Lets handlers in flight finish, commits what they did, and disconnects. */
  stop(): Promise<void>;
  /** Rejects with the reason when the bus cannot be reached now. */
  check(): Promise<void>;
  /**
   * Whether the consumers of this process receive records. One that does not although the bus answers makes it not ready;
   * while the bus cannot be reached, its consumers are named as what the process serves without.
   */
  ready(): Promise<Readiness>;

  /**
   * Publishes records; all of one call are durable when it resolves. Values are checked against the
   * topic's schema first, and a value that fails it rejects the call with nothing published.
   */
  publish(records: OutgoingRecord | readonly OutgoingRecord[]): Promise<void>;

  /** Joins a consumer group. Resolves once the group would receive a record published from now on. */
  consume(options: ConsumeOptions): Promise<GroupConsumer>;

  /**
   * Receives every record published from now on, in this process alone: no group, nothing committed,
   * nothing retried. For pushing to clients connected here. Resolves once listening.
   *
   * With `since` it begins with those published since then that the bus still has, which may arrive after it resolved.
   */
  broadcast(options: BroadcastOptions): Promise<Consumer>;
}

export interface OutgoingRecord<T = unknown> {
  topic: Topic<T>;
  /** The thing whose order matters: a peer id, a session id, a catalog id. */
  key: string;
  value: T;
  /** Added to the CloudEvents attributes and `traceparent` that the bus writes itself. */
  headers?: Readonly<Record<string, string>>;
}

export interface IncomingRecord<T = unknown> {
  topic: string;
  key: string;
  /** Parsed by the topic's schema. */
  value: T;
  headers: Readonly<Record<string, string>>;
  partition: number;
  /** Grows along a partition; a decimal string, as Kafka's offsets exceed a double. */
  offset: string;
  /** When the record was published, in milliseconds since 1970. */
  timestamp: number;
  /** 1 on first delivery to this handler, growing with its retries. */
  attempt: number;
}

/** Ties a topic to the handler of its values; see {@link on}. */
export interface Route {
  topic: Topic<unknown>;
  handle(record: IncomingRecord): Promise<void> | void;
}

/** Builds a {@link Route} whose handler knows the type of the topic's values. */
export function on<T>(topic: Topic<T>, handle: (record: IncomingRecord<T>) => Promise<void> | void): Route {
  return { topic: topic as Topic<unknown>, handle: handle as Route['handle'] };
}

export interface ConsumeOptions {
  /** Members of one group share its topics; every group receives every record. */
  groupId: string;
  routes: readonly Route[];
  /**
   * This consumer is the only one of its group at any time. It continues where its predecessor stopped, without
   * waiting until the bus considers that one lost; a predecessor that is alive after all may receive records, too.
   */
  exclusive?: boolean;
  /** Where a group that never committed begins. Default `latest`. */
  from?: 'earliest' | 'latest';
  retry?: RetryPolicy;
  /** Names the dead-letter topic of a source topic. Default `<topic>.deadletter`. */
  deadLetterTopic?: (topic: string) => string;
  /** How many keys are processed at once. Default 16. */
  concurrency?: number;
}

export interface BroadcastOptions {
  routes: readonly Route[];
  /** Milliseconds since 1970. */
  since?: number;
}

export interface Consumer {
  /** Stops receiving; resolves when handlers in flight have finished and their records are committed. */
  stop(): Promise<void>;
}

export interface GroupConsumer extends Consumer {
  /**
   * Everything that was published before this time, to the partitions this process has, was handled by it: milliseconds
   * since 1970. It stands still while the bus cannot be reached or records are not handled, else follows the clock
   * within a second or two.
   */
  caughtUpAt(): number;
}

/** How often a handler that fails is called again unless its consumer says otherwise. */
export const DEFAULT_RETRY: RetryPolicy = {
  maxRetries: 5,
  initialDelayMs: 100,
  maxDelayMs: 5_000,
  jitterFactor: 0.2,
};

/** Thrown by a handler for a record that no retry can help: it goes to the dead-letter topic at once. */
export class RejectMessage extends Error {
  override readonly name = 'RejectMessage';
}

/**
 * Headers of a dead letter, beside those of the original record. The names are those of Kafka Connect's
 * dead-letter queues, so that existing tools read them; all values are strings.
 */
export const DEAD_LETTER_HEADERS = {
  topic: '__connect.errors.topic',
  partition: '__connect.errors.partition',
  offset: '__connect.errors.offset',
  reason: '__connect.errors.exception.message',
  attempts: '__connect.errors.attempts',
  consumerGroup: '__connect.errors.consumer.group',
} as const;
