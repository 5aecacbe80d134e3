import { randomBytes } from 'node:crypto';
import { findProgram } from '@giggityflix/kernel/programs';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import {
  addressesOf,
  type KafkaAddresses,
  type RunningKafka,
  type SecureKafka,
  startKafka,
} from './kafka-server.ts';
import { type SharedServer, sharedServer } from './keeper.ts';
import { startPostgres } from './postgres-server.ts';
import { type RunningRedis, startRedis, startRedisCluster, startSecureRedis } from './redis-server.ts';
import { missing, type Skip } from './requirement.ts';

export interface RealRedis {
  skip: Skip;
  url: string;
  host: string;
  port: number;
  /** Null when the server came from `REDIS_URL`. */
  server: RunningRedis | null;
}

/**
 * A Redis of this test file's own, started for it and ended after it; or the one `REDIS_URL` names, which other
 * test files use at the same time.
 */
export async function realRedis(options: { persistent?: boolean } = {}): Promise<RealRedis> {
  const absent = { url: '', host: '', port: 0, server: null };
  if (process.env.REDIS_URL) {
    const { hostname, port } = new URL(process.env.REDIS_URL);
    return {
      skip: false,
      url: process.env.REDIS_URL,
      host: hostname,
      port: Number(port || 6379),
      server: null,
    };
  }
  const program = findProgram('redis-server');
  if (!program)
    return { skip: missing('Redis', 'REDIS_URL is not set and redis-server not installed'), ...absent };
  const server = await startRedis(program, options);
  afterAll(server.stop);
  return { skip: false, url: server.url, host: server.host, port: server.port, server };
}

export interface RealSecureRedis {
  skip: Skip;
  /** See {@link SecureRedis}. */
  port: number;
  sentinelPort: number;
}

/** A Redis and a Sentinel of this test file's own that speak TLS alone and want client certificates. */
export async function realSecureRedis(certificate: {
  certPath: string;
  keyPath: string;
}): Promise<RealSecureRedis> {
  const program = findProgram('redis-server');
  if (!program) return { skip: missing('Redis', 'redis-server is not installed'), port: 0, sentinelPort: 0 };
  const server = await startSecureRedis(program, certificate);
  afterAll(server.stop);
  return { skip: false, port: server.port, sentinelPort: server.sentinelPort };
}

export interface RealRedisCluster {
  skip: Skip;
  /** host:port of each master, as `REDIS_CLUSTER_NODES` takes them. */
  nodes: string[];
}

/** A Redis Cluster of three masters of this test file's own, or the one `REDIS_CLUSTER_NODES` names. */
export async function realRedisCluster(): Promise<RealRedisCluster> {
  if (process.env.REDIS_CLUSTER_NODES)
    return { skip: false, nodes: process.env.REDIS_CLUSTER_NODES.split(',').map((node) => node.trim()) };
  const program = findProgram('redis-server');
  if (!program)
    return {
      skip: missing('Redis Cluster', 'REDIS_CLUSTER_NODES is not set and redis-server not installed'),
      nodes: [],
    };
  const cluster = await startRedisCluster(program);
  afterAll(cluster.stop);
  return { skip: false, nodes: cluster.nodes.map(({ host, port }) => `${host}:${port}`) };
}

export interface RealKafka {
  skip: Skip;
  /** As `KAFKA_BOOTSTRAP_SERVERS` takes it. */
  bootstrapServers: string;
  /** A listener of the same broker with TLS and passwords; null when the broker came from the environment. */
  secure: SecureKafka | null;
  /** Only with `dedicated`: lets a test take the broker away. */
  server: RunningKafka | null;
}

/**
 * The Kafka broker of this run, shared by its test files: name topics and groups so that no other test has
 * them. `dedicated` starts one for this file alone, for tests that stop it or that use the default topics.
 */
export async function realKafka(options: { dedicated?: boolean } = {}): Promise<RealKafka> {
  const absent = { bootstrapServers: '', secure: null, server: null };
  if (process.env.KAFKA_BOOTSTRAP_SERVERS && !options.dedicated)
    return {
      skip: false,
      bootstrapServers: process.env.KAFKA_BOOTSTRAP_SERVERS,
      secure: null,
      server: null,
    };
  const java = findProgram('java');
  if (!java)
    return { skip: missing('Kafka', 'KAFKA_BOOTSTRAP_SERVERS is not set and java not installed'), ...absent };
  try {
    if (!options.dedicated) {
      const addresses = JSON.parse(await shared('kafka')) as KafkaAddresses;
      return { skip: false, ...addresses, server: null };
    }
    const server = await startKafka(java);
    afterAll(server.stop);
    return { skip: false, ...addressesOf(server), server };
  } catch (error) {
    return { skip: missing('Kafka', `${(error as Error).message} (npm run setup:system)`), ...absent };
  }
}

export interface RealPostgres {
  skip: Skip;
  /** URL of an empty database of this test file's own. */
  url: string;
}

/** An empty database on the PostgreSQL of this run, or on the one `POSTGRES_URL` names; dropped at the end. */
export async function realPostgres(): Promise<RealPostgres> {
  let server = process.env.POSTGRES_URL;
  if (!server) {
    try {
      server = await shared('postgres');
    } catch (error) {
      return { skip: missing('PostgreSQL', `POSTGRES_URL is not set, ${(error as Error).message}`), url: '' };
    }
  }
  const name = `test_${randomBytes(8).toString('hex')}`;
  const administer = async (sql: string) => {
    const client = new pg.Client({ connectionString: withDatabase(server, 'postgres') });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await administer(`CREATE DATABASE ${name}`);
  afterAll(() => administer(`DROP DATABASE ${name} WITH (FORCE)`));
  return { skip: false, url: withDatabase(server, name) };
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Without the global set-up (another test configuration) the file gets a server of its own. */
async function shared(name: SharedServer): Promise<string> {
  const keeperUrl = inject('keeperUrl');
  if (keeperUrl) return sharedServer(keeperUrl, name);
  if (name === 'kafka') {
    const kafka = await startKafka(findProgram('java') ?? 'java');
    afterAll(kafka.stop);
    return JSON.stringify(addressesOf(kafka));
  }
  const postgres = await startPostgres();
  afterAll(postgres.stop);
  return postgres.url;
}
