import { hostAndPort, migrateSqlite, openSqlite, redisConfig, redisVariables } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import { realRedis, realRedisCluster } from '@giggityflix/testing';
import { describe } from 'vitest';
import { z } from 'zod';
import { describeNegotiationStore } from './negotiations.compliance.ts';
import { createEmbeddedNegotiations, NEGOTIATION_MIGRATIONS } from './negotiations.embedded.ts';
import { createRedisNegotiations } from './negotiations.redis.ts';

const server = await realRedis();
const cluster = await realRedisCluster();
const defaults = redisConfig(z.object(redisVariables).parse({}));

const open = (connection: Partial<typeof defaults>) => async () => {
  const redis = createRedis({ ...defaults, ...connection });
  await redis.connect();
  return { store: createRedisNegotiations(redis), close: async () => redis.disconnect() };
};

describeNegotiationStore('the embedded negotiation store', async () => {
  const database = openSqlite(':memory:');
  migrateSqlite(database, NEGOTIATION_MIGRATIONS);
  return { store: createEmbeddedNegotiations(database), close: async () => void database.close() };
});

describe.skipIf(server.skip)('with a Redis server', () => {
  describeNegotiationStore('the Redis negotiation store', open({ host: server.host, port: server.port }));
});

describe.skipIf(cluster.skip)('with a Redis Cluster', () => {
  describeNegotiationStore(
    'the Redis negotiation store',
    open({ clusterNodes: cluster.nodes.map(hostAndPort) }),
  );
});
