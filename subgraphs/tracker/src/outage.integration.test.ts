import { realRedis } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { file } from '../testing/fixtures.ts';
import { type RunningTracker, runTracker } from '../testing/running.ts';

const redis = await realRedis({ persistent: true });
// A server that others use must not be stopped.
const { server } = redis;

describe.skipIf(redis.skip || !server)('while Redis is unavailable', () => {
  let running: RunningTracker;
  beforeAll(async () => {
    running = await runTracker({ STATE: 'redis', REDIS_HOST: redis.host, REDIS_PORT: String(redis.port) });
  });
  afterAll(() => running?.stop());

  it('the tracker says so, keeps the events, and goes on when Redis is back', async () => {
    const id = file(1);
    const ask = () =>
      running.client.request('query ($id: ID!) { catalogAvailability(catalogIds: [$id]) { peerCount } }', {
        id,
      });
    await running.edge.shares('before', [id]);
    await expect.poll(async () => (await ask()).data?.catalogAvailability[0].peerCount).toBe(1);

    await server?.kill();
    await expect
      .poll(async () => (await fetch(`${running.url}/ready`)).status, { timeout: 10_000 })
      .toBe(503);
    expect((await fetch(`${running.url}/health`)).status).toBe(200);
    const [error] = (await ask()).errors ?? [];
    expect(error).toMatchObject({
      message: 'the state of the tracker cannot be reached; try again in 2 s',
      extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 2 },
    });
    const peers = await fetch(`${running.url}/peers?filename=film.mp4`);
    expect([peers.status, peers.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await peers.json()).toMatchObject({ title: 'Service Unavailable' });
    await running.edge.shares('during', [id]);

    await server?.restart();
    await expect
      .poll(async () => (await ask()).data?.catalogAvailability[0].peerCount, { timeout: 20_000 })
      .toBe(2);
    expect((await fetch(`${running.url}/ready`)).status).toBe(200);
  }, 60_000);
});
