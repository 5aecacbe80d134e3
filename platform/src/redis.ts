import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { z } from 'zod';
import {
  EnvironmentError,
  emptyAllowed,
  fileContent,
  flag,
  integer,
  list,
  port,
  secret,
} from './environment.ts';
import type { Logger } from './logger.ts';
import { type RetryPolicy, retryDelayMs } from './retry-delay.ts';

export type RedisClient = Redis | Cluster;

const HOST_AND_PORT = /^(?:\[([^\]\s]+)\]|([^:/\s]+))(?::(\d{1,5}))?$/;
const nodes = z.array(z.string().regex(HOST_AND_PORT, 'expected host:port, comma-separated'));

/**
 * The variables of a Redis connection as the tracker document names them, and those for Sentinel, Cluster
 * and TLS beside them.
 */
export const redisVariables = {
  REDIS_HOST: z.string().default('localhost').meta({ description: 'Redis hostname' }),
  REDIS_PORT: port(6379).meta({ description: 'Redis port' }),
  REDIS_DB: integer(0, { max: 1_000_000 }).meta({ description: 'Redis database number' }),
  REDIS_USERNAME: z.string().optional().meta({ description: 'Redis ACL user' }),
  REDIS_PASSWORD: emptyAllowed(secret(z.string().default('').meta({ description: 'Redis password' }))),
  REDIS_TLS: flag(false).meta({ description: 'Connect to Redis over TLS' }),
  REDIS_TLS_CA_PATH: fileContent().meta({ description: 'Certificate authority of the Redis servers' }),
  REDIS_TLS_CERT_PATH: fileContent().meta({ description: 'Client certificate for Redis' }),
  REDIS_TLS_KEY_PATH: fileContent().meta({ description: 'Key of the client certificate for Redis' }),
  REDIS_CLUSTER_NODES: list('').pipe(nodes).meta({ description: 'host:port list; set to use Redis Cluster' }),
  REDIS_SENTINELS: list('')
    .pipe(nodes)
    .meta({ description: 'host:port list; set to find the master through Sentinel' }),
  REDIS_SENTINEL_NAME: z
    .string()
    .default('mymaster')
    .meta({ description: 'Name of the master Sentinel watches' }),
  REDIS_SENTINEL_PASSWORD: emptyAllowed(
    secret(z.string().default('').meta({ description: 'Password of the Sentinels, which have their own' })),
  ),
};

export interface RedisConfig {
  host: string;
  port: number;
  db: number;
  username?: string;
  password?: string;
  /** Of connections to servers and Sentinels alike; null for none. */
  tls: { ca?: Buffer; cert?: Buffer; key?: Buffer } | null;
  clusterNodes: { host: string; port: number }[];
  sentinels: { host: string; port: number }[];
  sentinelName: string;
  sentinelPassword?: string;
}

/**
 * Turns parsed {@link redisVariables} into one nested object.
 *
 * @throws EnvironmentError when a client certificate comes without its key, or a key without its certificate.
 */
export function redisConfig(env: z.output<z.ZodObject<typeof redisVariables>>): RedisConfig {
  if ((env.REDIS_TLS_CERT_PATH === undefined) !== (env.REDIS_TLS_KEY_PATH === undefined))
    throw new EnvironmentError(['REDIS_TLS_CERT_PATH and REDIS_TLS_KEY_PATH go together']);
  return {
    host: env.REDIS_HOST,
    port: env.REDIS_PORT,
    db: env.REDIS_DB,
    username: env.REDIS_USERNAME,
    password: env.REDIS_PASSWORD || undefined,
    tls: env.REDIS_TLS
      ? { ca: env.REDIS_TLS_CA_PATH, cert: env.REDIS_TLS_CERT_PATH, key: env.REDIS_TLS_KEY_PATH }
      : null,
    clusterNodes: env.REDIS_CLUSTER_NODES.map(hostAndPort),
    sentinels: env.REDIS_SENTINELS.map(hostAndPort),
    sentinelName: env.REDIS_SENTINEL_NAME,
    sentinelPassword: env.REDIS_SENTINEL_PASSWORD || undefined,
  };
}

/** Parses `host:port`; the port defaults to 6379. IPv6 hosts stand in brackets. */
export function hostAndPort(text: string): { host: string; port: number } {
  const match = HOST_AND_PORT.exec(text);
  if (!match) throw new Error(`${JSON.stringify(text)} is not host:port`);
  return { host: (match[1] ?? match[2]) as string, port: match[3] ? Number(match[3]) : 6379 };
}

/** The pauses between attempts to connect, which never end. */
const RECONNECT: RetryPolicy = {
  maxRetries: Number.POSITIVE_INFINITY,
  initialDelayMs: 100,
  maxDelayMs: 2_000,
  jitterFactor: 0.2,
};

/**
 * A client for a standalone server, a Sentinel group or a Cluster. Commands fail fast while the server is
 * away, so that callers answer 503 rather than pile up; the connection heals by itself with growing delays.
 */
export function createRedis(
  config: RedisConfig,
  options: {
    /** How long a server that hangs is waited for, in milliseconds. */
    commandTimeoutMs?: number;
    /** Told once when the connection fails, and once when it is back; by itself a client heals in silence. */
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
  let told = false;
  // Without a listener ioredis writes each failure to standard error.
  client.on('error', (error: unknown) => {
    if (!told) options.logger?.warn({ err: error }, 'the connection to Redis failed, trying again');
    told = true;
  });
  client.on('ready', () => {
    if (told) options.logger?.info('the connection to Redis is back');
    told = false;
  });
  return client;
}

function connectTo(config: RedisConfig, common: RedisOptions): RedisClient {
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

/** Replies that tell of the server's state, not of the command's fault. */
const STATE_REPLIES = /^(LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|BUSY|OOM|NOREPLICAS|MISCONF)\b/;
const AWAY_ERRORS = new Set([
  'MaxRetriesPerRequestError',
  'ClusterAllFailedError',
  'AbortError',
  'ParserError',
  'DeadlineError',
]);
/** ioredis has no classes for these. */
const AWAY_MESSAGES =
  /^(Connection is closed|Command timed out|None of startup nodes|Node is disconnected|Cluster is|Too many Cluster redirections|Stream isn't|connect ETIMEDOUT)/;

/** Whether a command failed because of Redis, or the way there, and not because of what it asked. */
export function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'ReplyError') return STATE_REPLIES.test(error.message);
  return AWAY_ERRORS.has(error.name) || 'syscall' in error || AWAY_MESSAGES.test(error.message);
}
