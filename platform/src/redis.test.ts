import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { realRedis, realRedisCluster } from '../../tests/support/index.ts';
import { parseEnvironment } from './environment.ts';
import { createRedis, hostAndPort, redisConfig, redisVariables } from './redis.ts';

const parse = (env: Record<string, string>) => redisConfig(parseEnvironment(z.object(redisVariables), env));

describe('the configuration of Redis', () => {
  it('has the defaults of the tracker document', () => {
    expect(parse({ REDIS_PASSWORD: '' })).toMatchObject({
      host: 'localhost',
      port: 6379,
      db: 0,
      password: undefined,
      tls: null,
      clusterNodes: [],
    });
  });

  it('takes lists of nodes', () => {
    expect(parse({ REDIS_CLUSTER_NODES: 'one:7000, [::1]:7001,three' }).clusterNodes).toEqual([
      { host: 'one', port: 7000 },
      { host: '::1', port: 7001 },
      { host: 'three', port: 6379 },
    ]);
    expect(() => parse({ REDIS_CLUSTER_NODES: 'redis://one:7000' })).toThrow(/REDIS_CLUSTER_NODES/);
    expect(() => hostAndPort('a:b:c')).toThrow('"a:b:c" is not host:port');
  });
});

const redis = await realRedis();
const cluster = await realRedisCluster();

describe.skipIf(redis.skip)('a Redis client', () => {
  it.skipIf(!redis.server)('fails fast while the server is away, and heals', async () => {
    const client = createRedis({ ...parse({}), host: redis.host, port: redis.port });
    expect(await client.ping()).toBe('PONG');
    await redis.server?.kill();
    const startedAt = performance.now();
    await expect(client.ping()).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(5_500);
    await redis.server?.restart();
    await vi.waitFor(async () => expect(await client.ping()).toBe('PONG'), { timeout: 5_000 });
    client.disconnect();
  });
});

describe.skipIf(cluster.skip)('a Redis Cluster client', () => {
  it('finds every slot from one node', async () => {
    const client = createRedis({ ...parse({}), clusterNodes: cluster.nodes.slice(0, 1).map(hostAndPort) });
    await Promise.all(Array.from({ length: 30 }, (_, n) => client.set(`test:${n}`, n)));
    expect(await client.get('test:17')).toBe('17');
    client.disconnect();
  });
});
