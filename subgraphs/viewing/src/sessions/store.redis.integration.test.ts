import { hostAndPort, redisConfig, redisVariables } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import { realRedis, realRedisCluster } from '@giggityflix/testing';
import { describe } from 'vitest';
import { z } from 'zod';
import { describeSessionStore } from './store.compliance.ts';
import { createRedisSessionStore } from './store.redis.ts';
import type { StoreTimes } from './store.ts';

const server = await realRedis();
const cluster = await realRedisCluster();
const defaults = redisConfig(z.object(redisVariables).parse({}));

const open =
  (connection: Partial<typeof defaults>) => async (times: StoreTimes, maxWaitingEvents?: number) => {
    const redis = createRedis({ ...defaults, ...connection });
    await redis.connect();
    return {
      store: createRedisSessionStore(redis, times, maxWaitingEvents),
      close: async () => redis.disconnect(),
    };
  };

describe.skipIf(server.skip)('with a Redis server', () => {
  describeSessionStore('the Redis session store', open({ host: server.host, port: server.port }));
});

describe.skipIf(cluster.skip)('with a Redis Cluster', () => {
  describeSessionStore('the Redis session store', open({ clusterNodes: cluster.nodes.map(hostAndPort) }));
});
