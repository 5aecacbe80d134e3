import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostAndPort, type RedisConfig } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import { testRedisConfig } from '@giggityflix/state/testing';
import { realRedis, realRedisCluster } from '@giggityflix/testing';
import { ALL_SHARDS, createKeys } from '../src/redis/keys.ts';
import { createEmbeddedState } from '../src/state/state.embedded.ts';
import { createRedisState } from '../src/state/state.redis.ts';
import { CONNECTION_TIMEOUT_MS, type StateUnderTest } from './fixtures.ts';

const redis = await realRedis();
const cluster = await realRedisCluster();

const defaults = { connectionTimeoutMs: CONNECTION_TIMEOUT_MS };
let namespaces = 0;

/** Every adapter of the tracker's state, each opened empty by `create`. */
export const ADAPTERS: { name: string; skip: boolean; create(): Promise<StateUnderTest> }[] = [
  { name: 'embedded', skip: false, create: embedded },
  {
    name: 'Redis',
    skip: Boolean(redis.skip),
    create: () => onRedis(testRedisConfig({ host: redis.host, port: redis.port })),
  },
  {
    name: 'Redis Cluster',
    skip: Boolean(cluster.skip),
    create: () => onRedis(testRedisConfig({ clusterNodes: cluster.nodes.map(hostAndPort) })),
  },
];

async function embedded(): Promise<StateUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'giggityflix-tracker-'));
  return track(
    (options) => createEmbeddedState({ ...defaults, ...options, path: join(directory, 'tracker.sqlite') }),
    () => rm(directory, { recursive: true, force: true }),
  );
}

async function onRedis(config: RedisConfig): Promise<StateUnderTest> {
  namespaces += 1;
  const namespace = `tracker-test-${process.pid}-${namespaces}`;
  const client = createRedis(config);
  const keys = createKeys(namespace);
  return track(
    (options) => createRedisState({ ...defaults, ...options, redis: config, namespace }),
    async () => client.disconnect(),
    async () => {
      await Promise.all(ALL_SHARDS.map((shard) => client.del(keys.outboxLease(shard))));
    },
  );
}

function track(
  create: (options: Parameters<StateUnderTest['open']>[0]) => Awaited<ReturnType<StateUnderTest['open']>>,
  discard: () => Promise<void>,
  expireLeases: () => Promise<void> = async () => {},
): StateUnderTest {
  const opened: Awaited<ReturnType<StateUnderTest['open']>>[] = [];
  return {
    async open(options) {
      const state = create(options);
      await state.start();
      opened.push(state);
      return state;
    },
    expireLeases,
    async close() {
      for (const state of opened) await state.stop();
      await discard();
    },
  };
}
