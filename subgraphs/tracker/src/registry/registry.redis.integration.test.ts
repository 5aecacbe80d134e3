import { randomUUID } from 'node:crypto';
import { testRedisConfig } from '@giggityflix/state/testing';
import { realRedis } from '@giggityflix/testing';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { CONNECTION_TIMEOUT_MS, catalogUpdate, connection, drain, file } from '../../testing/fixtures.ts';
import { createRedisState } from '../state/state.redis.ts';
import { subscriptionId } from '../subscriptions/subscriptions.ts';
import { CLOSED_CONNECTION_MEMORY_MS } from './registry.ts';

const redis = await realRedis();

describe.skipIf(redis.skip)('the keys in Redis', () => {
  it('have an expiry, or are deleted with their peer', async () => {
    const namespace = `tracker-keys-${process.pid}`;
    const client = new Redis({ host: redis.host, port: redis.port });
    let time = Date.now();
    const state = createRedisState({
      redis: testRedisConfig({ host: redis.host, port: redis.port }),
      namespace,
      connectionTimeoutMs: CONNECTION_TIMEOUT_MS,
      now: () => time,
    });
    await state.start();
    const ids = Array.from({ length: 40 }, (_, n) => file(n));
    for (let n = 0; n < 10; n += 1) {
      const of = { peerId: `peer-${n}`, edgeId: 'edge-1', connectionId: connection(1) };
      await state.registry.catalogUpdated(catalogUpdate({ ...of, catalogIds: ids }));
      await state.registry.catalogUpdated(
        catalogUpdate({ ...of, catalogIds: [ids[n] as string], isFull: true, final: n % 2 === 0 }),
      );
      if (n < 5) await state.registry.connectionClosed({ ...of, replaced: false });
    }
    const id = subscriptionId(randomUUID(), file(99));
    const owner = { kind: 'user', id: 'ada' } as const;
    await state.subscriptions.subscribe({
      id,
      catalogId: file(99),
      owner,
      createdAt: time,
      expiresAt: time + 60_000,
    });
    await state.files.add({ filename: 'a.mp4', hash: 'h', ip: '1.2.3.4' });
    await state.files.remove('a.mp4', '1.2.3.4');
    // Stale, disconnected, deleted.
    for (const step of [CONNECTION_TIMEOUT_MS, CONNECTION_TIMEOUT_MS, CLOSED_CONNECTION_MEMORY_MS]) {
      time += step;
      while ((await state.registry.expireDue(100)) > 0);
    }
    await drain(state.outbox);
    const left = [];
    for await (const keys of client.scanStream({ match: `${namespace}:*` }))
      for (const key of keys) if ((await client.pttl(key)) === -1) left.push(key);
    // Streams that are empty keep their last id, one per shard.
    expect(left.filter((key) => !/:\{c\d+\}:outbox$/.test(key))).toEqual([]);
    expect(await state.outbox.size()).toBe(0);
    await state.stop();
    client.disconnect();
  });
});
