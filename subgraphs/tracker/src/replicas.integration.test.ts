import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findProgram, realRedis } from '@giggityflix/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { file } from '../testing/fixtures.ts';
import { type RunningTracker, runTracker } from '../testing/running.ts';

const redis = await realRedis();
const FILES = 20;
const CHANGES = 30;

describe.skipIf(redis.skip || !findProgram('node'))('two replicas of one group', () => {
  let survivor: RunningTracker | undefined;
  let victim: ChildProcess | undefined;
  afterEach(async () => {
    victim?.kill('SIGKILL');
    await survivor?.stop();
  });

  it('lose and double no change when one is killed under load', async () => {
    const state = { STATE: 'redis', REDIS_HOST: redis.host, REDIS_PORT: String(redis.port) };
    const running = await runTracker(state);
    survivor = running;
    victim = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      env: {
        PATH: process.env.PATH,
        HOST: '127.0.0.1',
        PORT: '0',
        AUTH_MODE: 'demo',
        BUS: 'embedded',
        BUS_PATH: join(running.directory, 'bus.sqlite'),
        ...state,
      },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await once(victim, 'message');
    const ids = Array.from({ length: FILES }, (_, n) => file(50_000 + n));
    const live = await running.client.subscribe(
      'subscription ($ids: [ID!]!) { catalogAvailabilityChanged(catalogIds: $ids) { catalogId peerCount } }',
      { ids },
    );
    for (let change = 0; change < CHANGES; change += 1) {
      if (change === CHANGES / 2) victim.kill('SIGKILL');
      await Promise.all(
        ids.map((id, n) => running.edge.shares(`replica-peer-${n}`, change % 2 === 0 ? [id] : [])),
      );
    }
    await expect
      .poll(() => live.events.length, { timeout: 60_000, interval: 50 })
      .toBeGreaterThanOrEqual(FILES * CHANGES);
    const received = new Map<string, number[]>(ids.map((id) => [id, []]));
    for (const { data } of live.events) {
      const { catalogId, peerCount } = data.catalogAvailabilityChanged;
      received.get(catalogId)?.push(peerCount);
    }
    const expected = Array.from({ length: CHANGES }, (_, change) => 1 - (change % 2));
    for (const counts of received.values()) expect(counts).toEqual(expected);
  }, 90_000);
});
