import { randomUUID } from 'node:crypto';
import { hostAndPort, migrateSqlite, openSqlite, redisConfig, redisVariables } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import { realRedis, realRedisCluster } from '@giggityflix/testing';
import { describe } from 'vitest';
import { z } from 'zod';
import { describeDemotionStore } from './demotions.compliance.ts';
import { createEmbeddedDemotions, DEMOTION_MIGRATIONS } from './demotions.embedded.ts';
import { createRedisDemotions } from './demotions.redis.ts';
import type { DemotionLimits } from './demotions.ts';

const server = await realRedis();
const cluster = await realRedisCluster();
const defaults = redisConfig(z.object(redisVariables).parse({}));

const connect = (connection: Partial<typeof defaults>) => async () => {
  const redis = createRedis({ ...defaults, ...connection });
  await redis.connect();
  return {
    open: (limits: DemotionLimits) => createRedisDemotions(redis, limits, `viewing:{${randomUUID()}}:`),
    close: async () => redis.disconnect(),
  };
};

describeDemotionStore('the embedded demotion store', async () => ({
  open(limits) {
    const database = openSqlite(':memory:');
    migrateSqlite(database, DEMOTION_MIGRATIONS);
    return createEmbeddedDemotions(database, limits);
  },
  close: async () => {},
}));

describe.skipIf(server.skip)('with a Redis server', () => {
  describeDemotionStore('the Redis demotion store', connect({ host: server.host, port: server.port }));
});

describe.skipIf(cluster.skip)('with a Redis Cluster', () => {
  describeDemotionStore(
    'the Redis demotion store',
    connect({ clusterNodes: cluster.nodes.map(hostAndPort) }),
  );
});
