import { randomUUID } from 'node:crypto';
import {
  hostAndPort,
  migrateSqlite,
  OUTBOX_LEASE_MS,
  openSqlite,
  type RedisConfig,
} from '@giggityflix/state';
import { describeOutbox } from '@giggityflix/state/compliance';
import { createRedis } from '@giggityflix/state/redis';
import { testRedisConfig } from '@giggityflix/state/testing';
import { realRedis, realRedisCluster } from '@giggityflix/testing';
import { describe } from 'vitest';
import { shardPrefix } from '../redis/keys.ts';
import { newSessionId, SHARD_COUNT } from './session-id.ts';
import { createEmbeddedSessionStore } from './store.embedded.ts';
import { createRedisSessionStore } from './store.redis.ts';
import type { SessionStore } from './store.ts';
import { SESSION_ENDING_MIGRATIONS, SESSION_MIGRATIONS } from './tables.embedded.ts';

const TIMES = { leaseMs: 60_000, sessionTimeoutMs: 120_000 };
const server = await realRedis();
const cluster = await realRedisCluster();

/** Begins a session with the first call, and sends its heartbeats with the others. */
function appender(store: SessionStore): () => Promise<void> {
  const userId = randomUUID();
  const sessionId = newSessionId(userId);
  let begun = false;
  return async () => {
    if (begun) await store.act({ sessionId, userId, action: 'heartbeat' });
    else await store.admit({ sessionId, userId, profileId: 'p', catalogId: 'c', deviceId: 'd', limit: 1 });
    begun = true;
  };
}

describeOutbox('the outbox of the embedded session store', async () => {
  const database = openSqlite(':memory:');
  migrateSqlite(database, [...SESSION_MIGRATIONS, ...SESSION_ENDING_MIGRATIONS]);
  let now = Date.now();
  const [one, other] = [0, 1].map(() => createEmbeddedSessionStore(database, TIMES, () => now)) as [
    SessionStore,
    SessionStore,
  ];
  return {
    one: one.outbox,
    other: other.outbox,
    append: appender(one),
    expireLeases: async () => {
      now += OUTBOX_LEASE_MS;
    },
    close: async () => void database.close(),
  };
});

const onRedis = (config: RedisConfig) => async () => {
  const [client, second] = [createRedis(config), createRedis(config)];
  await Promise.all([client.connect(), second.connect()]);
  const shards = Array.from({ length: SHARD_COUNT }, (_, shard) => shardPrefix(shard));
  const remove = (key: string) => Promise.all(shards.map((prefix) => client.del(`${prefix}${key}`)));
  await remove('outbox');
  const [one, other] = [createRedisSessionStore(client, TIMES), createRedisSessionStore(second, TIMES)];
  return {
    one: one.outbox,
    other: other.outbox,
    append: appender(one),
    expireLeases: async () => void (await remove('relay')),
    close: async () => {
      client.disconnect();
      second.disconnect();
    },
  };
};

describe.skipIf(server.skip)('with a Redis server', () => {
  describeOutbox(
    'the outbox of the Redis session store',
    onRedis(testRedisConfig({ host: server.host, port: server.port })),
  );
});

describe.skipIf(cluster.skip)('with a Redis Cluster', () => {
  describeOutbox(
    'the outbox of the Redis session store',
    onRedis(testRedisConfig({ clusterNodes: cluster.nodes.map(hostAndPort) })),
  );
});
