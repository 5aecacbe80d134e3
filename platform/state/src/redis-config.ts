import {
  EnvironmentError,
  emptyAllowed,
  fileContent,
  flag,
  integer,
  list,
  port,
  secret,
} from '@giggityflix/kernel';
import { z } from 'zod';

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

/** Parses `host:port`; the port defaults to 6379. IPv6 hosts are in brackets. */
export function hostAndPort(text: string): { host: string; port: number } {
  const match = HOST_AND_PORT.exec(text);
  if (!match) throw new Error(`${JSON.stringify(text)} is not host:port`);
  return { host: (match[1] ?? match[2]) as string, port: match[3] ? Number(match[3]) : 6379 };
}
