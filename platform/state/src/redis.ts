import { createRequire } from 'node:module';
import { type Logger, type RetryPolicy, retryDelayMs } from '@giggityflix/kernel';
import type { Cluster, Redis, RedisOptions } from 'ioredis';
import type { RedisConfig } from './redis-config.ts';

export type RedisClient = Redis | Cluster;

/** The pauses between attempts to connect, which never end. */
const RECONNECT: RetryPolicy = {
  maxRetries: Number.POSITIVE_INFINITY,
  initialDelayMs: 100,
  maxDelayMs: 2_000,
  jitterFactor: 0.2,
};

/**
 * A client for a standalone server, a Sentinel group or a Cluster. Commands fail fast while the server is
 * unavailable, so that callers answer 503 rather than pile up; it reconnects by itself with growing delays.
 */
export function createRedis(
  config: RedisConfig,
  options: {
    /** How long a server that hangs is waited for, in milliseconds. */
    commandTimeoutMs?: number;
    /** Logs once when the connection fails, and once when it is restored; without it a client reconnects without a word. */
    logger?: Logger;
  } = {},
): RedisClient {
  const common: RedisOptions = {
    username: config.username,
    password: config.password,
    tls: config.tls ?? undefined,
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    enableAutoPipelining: false,
    connectTimeout: 3_000,
    commandTimeout: options.commandTimeoutMs ?? 5_000,
    retryStrategy: (attempt) => retryDelayMs(RECONNECT, attempt),
  };
  const client = connectTo(config, common);
  let reported = false;
  // Without a listener ioredis writes each failure to standard error.
  client.on('error', (error: unknown) => {
    if (!reported) options.logger?.warn({ err: error }, 'the connection to Redis failed, trying again');
    reported = true;
  });
  client.on('ready', () => {
    if (reported) options.logger?.info('the connection to Redis is restored');
    reported = false;
  });
  return client;
}

function connectTo(config: RedisConfig, common: RedisOptions): RedisClient {
  // Loaded with the first client: a process with embedded state never pays for it (14 MB).
  const { Cluster, Redis } = createRequire(import.meta.url)('ioredis') as typeof import('ioredis');
  if (config.clusterNodes.length > 0) {
    return new Cluster(config.clusterNodes, {
      lazyConnect: true,
      redisOptions: common,
      clusterRetryStrategy: (attempt) => Math.min(2_000, 100 * attempt),
    });
  }
  if (config.sentinels.length > 0) {
    return new Redis({
      ...common,
      sentinels: config.sentinels,
      name: config.sentinelName,
      sentinelPassword: config.sentinelPassword,
      // Without these two ioredis ignores `tls` and speaks plain text to the Sentinels and to the master.
      sentinelTLS: config.tls ?? undefined,
      enableTLSForSentinelMode: config.tls !== null,
      db: config.db,
    });
  }
  return new Redis({ ...common, host: config.host, port: config.port, db: config.db });
}
