import { UnavailableError } from '@giggityflix/kernel';
import { hostAndPort, redisConfig, redisVariables } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import { realRedis, realRedisCluster } from '@giggityflix/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { admit, newUser, STEADY } from '../../testing/sessions.ts';
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

  it('an admission that Redis executes after its caller gave up occupies no slot', async () => {
    const redis = createRedis({ ...defaults, host: server.host, port: server.port });
    await redis.connect();
    const store = createRedisSessionStore(redis, STEADY);
    const commands = redis as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const send = commands.viewing_ADMIT!.bind(redis);
    let late: unknown[] = [];
    commands.viewing_ADMIT = async (...args) => {
      late = args;
      throw new Error('Command timed out');
    };
    const userId = newUser();
    await expect(admit(store, userId)).rejects.toThrow(UnavailableError);
    await store.sweep();
    await send(...late);
    expect(await store.live(userId)).toEqual([]);

    commands.viewing_ADMIT = async (...args) => {
      await send(...args);
      throw new Error('Command timed out');
    };
    await expect(admit(store, userId)).rejects.toThrow(UnavailableError);
    expect(await store.live(userId)).toHaveLength(1);
    await store.sweep();
    expect(await store.live(userId)).toEqual([]);
    redis.disconnect();
  });
});

describe.skipIf(cluster.skip)('with a Redis Cluster', () => {
  describeSessionStore('the Redis session store', open({ clusterNodes: cluster.nodes.map(hostAndPort) }));
});
