import type { Redis } from 'ioredis';
import pg from 'pg';
import { withDeadline } from '../../../platform/kernel/src/index.ts';
import { createRedis } from '../../../platform/state/src/redis.ts';
import type { RedisConfig } from '../../../platform/state/src/redis-config.ts';
import { readMigrations } from '../../../prisma/src/migrations.ts';
import { mastersOf } from '../../backup/redis.ts';
import { type Check, type Finding, ok, problem, warning } from '../checks.ts';
import type { Installation } from './context.ts';
import { clockFinding } from './processes.ts';

const TIMEOUT_MS = 5_000;

export const postgresql: Check<Installation> = {
  name: 'PostgreSQL',
  async run({ stores }) {
    if (stores.databases.size === 0)
      return [
        warning('no DATABASE_URL is set', 'Name the environment files of the services with --env-file.'),
      ];
    const each = [...stores.databases].map(([name, url]) => ofDatabase(name, url));
    return (await Promise.all(each)).flat();
  },
};

async function ofDatabase(name: string, url: string): Promise<Finding[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  const { hostname, port, pathname } = new URL(url);
  const place = `${hostname}:${port || 5432}${pathname}`;
  try {
    await client.connect();
  } catch (error) {
    return [
      problem(
        `the database of ${name} at ${place} is not reached: ${(error as Error).message}`,
        'Start PostgreSQL, create the database and its role, and let them in by pg_hba.conf; DATABASE_URL names them.',
      ),
    ];
  }
  try {
    const before = Date.now();
    const { rows } = await client.query<{ encoding: string; now: Date }>(
      'SELECT pg_encoding_to_char(encoding) AS encoding, clock_timestamp() AS now FROM pg_database WHERE datname = current_database()',
    );
    const { encoding, now } = rows[0]!;
    const findings = [clockFinding(`the database of ${name}`, now.getTime() - (before + Date.now()) / 2)];
    if (encoding !== 'UTF8')
      findings.push(
        problem(
          `the database of ${name} has the encoding ${encoding}: titles of other languages cannot be stored`,
          `Create it anew: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.`,
        ),
      );
    return [...findings, await ofMigrations(name, client)];
  } finally {
    await client.end().catch(() => {});
  }
}

async function ofMigrations(name: string, client: pg.Client): Promise<Finding> {
  const known = readMigrations('postgresql').map((migration) => migration.name);
  const applied = await client
    .query<{ name: string }>('SELECT "name" FROM "SchemaMigration"')
    .then(({ rows }) => new Set(rows.map((row) => row.name)))
    .catch(() => null);
  if (applied === null || applied.size === 0)
    return problem(
      `the database of ${name} has no tables`,
      'Start the service: it creates them. Its role needs CREATE on the schema.',
    );
  const lacking = known.filter((migration) => !applied.has(migration));
  if (lacking.length > 0)
    return problem(
      `the database of ${name} lacks migrations: ${lacking.join(', ')}`,
      'Restart the service with this release: it applies them.',
    );
  const newer = [...applied].filter((migration) => !known.includes(migration));
  return newer.length > 0
    ? warning(
        `the database of ${name} is that of a newer release (${newer.join(', ')})`,
        'Finish the update or the roll-back.',
      )
    : ok(`the database of ${name} has all ${known.length} migrations`);
}

export const redis: Check<Installation> = {
  name: 'Redis',
  async run({ stores }) {
    const config = stores.redis;
    if (!config)
      return [warning('no REDIS_… is set', 'Name the environment files of the services with --env-file.')];
    // A client of a Cluster waits until the Cluster is whole: one of its nodes says whether it is.
    const cluster = config.clusterNodes.length > 0 ? await ofCluster(config) : [];
    if (cluster.some(({ level }) => level === 'problem')) return cluster;
    const client = createRedis(config, { commandTimeoutMs: TIMEOUT_MS });
    try {
      await withDeadline(client.connect(), TIMEOUT_MS, 'connecting');
      const masters = mastersOf(client);
      return [...cluster, ...(await Promise.all(masters.map(ofMaster))).flat()];
    } catch (error) {
      return [unreached(`${config.host}:${config.port}`, error as Error)];
    } finally {
      client.disconnect();
    }
  },
};

function unreached(place: string, error: Error): Finding {
  return problem(
    `Redis at ${place} is not reached: ${error.message}`,
    'Start it, and check REDIS_HOST, REDIS_CLUSTER_NODES, REDIS_PASSWORD and REDIS_TLS.',
  );
}

async function ofCluster(config: RedisConfig): Promise<Finding[]> {
  let failure = new Error('no node is named');
  for (const node of config.clusterNodes) {
    const client = createRedis(
      { ...config, ...node, clusterNodes: [], sentinels: [] },
      { commandTimeoutMs: TIMEOUT_MS },
    );
    try {
      await withDeadline(client.connect(), TIMEOUT_MS, 'connecting');
      return ofNode(String(await client.cluster('INFO')));
    } catch (error) {
      failure = error as Error;
    } finally {
      client.disconnect();
    }
  }
  return [unreached(config.clusterNodes.map(({ host, port }) => `${host}:${port}`).join(', '), failure)];
}

function ofNode(info: string): Finding[] {
  const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim();
  const assigned = Number(field('cluster_slots_assigned'));
  if (field('cluster_state') !== 'ok' || assigned < 16_384)
    return [
      problem(
        `the Redis Cluster is not whole: state ${field('cluster_state')}, ${assigned} of 16384 slots are served`,
        '"redis-cli --cluster check HOST:PORT" names what is missing; "--cluster fix" assigns it.',
      ),
    ];
  return [ok('the Redis Cluster serves all slots')];
}

async function ofMaster(master: Redis): Promise<Finding[]> {
  const name = `Redis ${master.options.host}:${master.options.port}`;
  const before = Date.now();
  const [seconds, micros] = (await master.time()) as unknown as [string, string];
  const findings = [
    clockFinding(name, Number(seconds) * 1_000 + Number(micros) / 1_000 - (before + Date.now()) / 2),
  ];
  const info = await master.info('replication');
  const field = (text: string, key: string) => new RegExp(`^${key}:(.*)$`, 'm').exec(text)?.[1]?.trim();
  if (field(info, 'role') !== 'master')
    findings.push(
      problem(
        `${name} is a replica: nothing can be written`,
        'Name the master, or its Sentinels in REDIS_SENTINELS.',
      ),
    );
  else if (Number(field(info, 'connected_slaves')) === 0)
    findings.push(
      warning(`${name} has no replica: while it is down, what it holds is unavailable`, 'Add one.'),
    );
  const memory = await master.info('memory');
  const policy = field(memory, 'maxmemory_policy');
  if (Number(field(memory, 'maxmemory')) > 0 && policy !== 'noeviction')
    findings.push(
      problem(
        `${name} evicts keys when its memory is full (${policy})`,
        'Set maxmemory-policy noeviction: it is a store, not a cache.',
      ),
    );
  if (field(await master.info('persistence'), 'aof_enabled') !== '1')
    findings.push(
      warning(
        `${name} keeps no append-only file: a crash loses memberships and subscriptions`,
        'Set appendonly yes.',
      ),
    );
  return findings;
}
