import type { ConnectionOptions } from 'node:tls';
import { type Logger, withDeadline } from '@giggityflix/kernel';
import { Kafka, type LogEntry, logLevel, type SASLOptions } from 'kafkajs';

export interface KafkaBusConfig {
  /** host:port of some of the brokers. */
  brokers: readonly string[];
  /** Begins the names of consumer groups that are one process's own; its client id when absent. */
  groupId?: string | undefined;
  /** Partitions of topics that this process creates. */
  partitions: number;
  /** Replicas of topics that this process creates; -1 takes the brokers' default. */
  replicationFactor: number;
  /** A member of a consumer group without a heartbeat for so long loses its partitions to the others. */
  sessionTimeoutMs: number;
  ssl: ConnectionOptions | null;
  sasl: SASLOptions | null;
}

/** Heartbeats that fit into the session timeout, so that one late heartbeat costs nothing. */
const HEARTBEATS_PER_SESSION = 4;
/** A member learns with its next heartbeat that its group waits for it to join again. */
const MAX_HEARTBEAT_MS = 1_000;

export function heartbeatIntervalMs(sessionTimeoutMs: number): number {
  return Math.min(sessionTimeoutMs / HEARTBEATS_PER_SESSION, MAX_HEARTBEAT_MS);
}
/** First wait of kafkajs after a failed request, in ms; it doubles with each further one. */
const INITIAL_RETRY_MS = 100;
/** Longest such wait, so that the end of an outage is noticed soon. */
const MAX_RETRY_MS = 2_000;

export function createKafkaClient(config: KafkaBusConfig, clientId: string, logger: Logger): Kafka {
  return new Kafka({
    clientId,
    brokers: [...config.brokers],
    ssl: config.ssl ?? undefined,
    sasl: config.sasl ?? undefined,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    enforceRequestTimeout: true,
    retry: { initialRetryTime: INITIAL_RETRY_MS, maxRetryTime: MAX_RETRY_MS, retries: 8 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => forward(entry, logger),
  });
}

/** Parts of kafkajs that report every failed attempt to connect; during an outage that is many a second. */
const NOISY = new Set(['Connection', 'ConnectionPool', 'BrokerPool']);
/** Reports what the supervisor of a consumer logs, once for each outage. */
const SUPERVISED = 'Consumer';

/** kafkajs reports errors from which it then recovers by itself; one it cannot recover from rejects a call of ours. */
function forward({ level, namespace, log }: LogEntry, logger: Logger): void {
  const { message, timestamp: _, logger: __, ...details } = log;
  const line = { namespace, ...details, stack: undefined };
  if (level <= logLevel.ERROR && !NOISY.has(namespace) && namespace !== SUPERVISED)
    logger.warn(line, message);
  else logger.debug(line, message);
}

/** How long the brokers may take to answer where the caller cannot wait for an outage to end. */
const CALL_TIMEOUT_MS = 2_000;

/** Rejects sooner than kafkajs, which retries for some 15 s. */
export function withTimeout<T>(work: Promise<T>, what: string): Promise<T> {
  return withDeadline(work, CALL_TIMEOUT_MS, what);
}
