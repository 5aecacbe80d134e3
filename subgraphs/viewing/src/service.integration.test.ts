import { createLogger } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakeAvailability, MEDIA_FILE, type RunningViewing, startViewing } from '../testing/harness.ts';
import { createMemoryHistory } from './history/history.memory.ts';
import { createViewing } from './service.ts';

let running: RunningViewing | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

const wanted = { user_id: 'u', profile_id: 'p', content_id: MEDIA_FILE, device_id: 'd' };

describe('the service', () => {
  it('finds unfinished sessions again after a restart, and its tokens still hold', async () => {
    running = await startViewing();
    const { body } = await running.call('POST', '/api/playback/session', wanted);
    await running.viewing.stop();
    const again = createViewing(running.config, {
      logger: createLogger({ service: 'viewing', level: 'silent' }),
      bus: running.bus,
      history: createMemoryHistory(),
      availability: fakeAvailability(),
      metrics: createMetrics('viewing', { processMetrics: false }),
    });
    await again.start();
    const { url } = again.address();
    const post = async (path: string, json: object) =>
      (
        await fetch(`${url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(json),
        })
      ).json();
    const beat = `/api/playback/session/${body.session.session_id}/heartbeat`;
    expect(await post(beat, { position: 3 })).toMatchObject({
      status: 'ok',
      playback_token: expect.any(String),
    });
    expect(await post('/api/playback/token/validate', { token: body.playback_token })).toMatchObject({
      valid: true,
    });
    await again.stop();
  });

  it('ends the session of a player that vanished, once, and frees its slot', async () => {
    running = await startViewing({ HEARTBEAT_INTERVAL: '100ms', MAX_CONCURRENT_STREAMS: '1' });
    const { body } = await running.call('POST', '/api/playback/session', wanted);
    expect((await running.call('POST', '/api/playback/session', wanted)).status).toBe(429);
    const { history } = running;
    await expect
      .poll(() => history.events.map(({ type, reason }) => [type, reason]))
      .toEqual([
        ['playback.started', null],
        ['playback.completed', 'expired'],
      ]);
    const path = `/api/playback/session/${body.session.session_id}`;
    expect((await running.call('POST', `${path}/heartbeat`, { position: 1 })).body.state).toBe('expired');
    expect((await running.call('POST', '/api/playback/session', wanted)).status).toBe(201);
  });

  it('reports what it does in metrics, and its readiness', async () => {
    running = await startViewing();
    await running.call('POST', '/api/playback/session', wanted);
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    expect(metrics).toContain('viewing_sessions_requested_total{outcome="created"');
    expect(metrics).toContain('viewing_rest_request_seconds_bucket');
    expect((await running.call('GET', '/ready')).body).toEqual({ status: 'ready' });
  });

  it('keeps the log and the progress in a database of its own', async () => {
    running = await startViewing({}, { history: undefined });
    const service = running;
    const { body } = await service.call('POST', '/api/playback/session', {
      ...wanted,
      user_id: 'demo',
    });
    await service.call('POST', `/api/playback/session/${body.session.session_id}/heartbeat`, {
      position: 42,
    });
    await vi.waitFor(
      async () => {
        const { data } = await service.graphql(
          '{ continueWatching { catalogId positionSeconds completed } }',
        );
        expect(data.continueWatching).toEqual([
          { catalogId: MEDIA_FILE, positionSeconds: 42, completed: false },
        ]);
      },
      { timeout: 10_000 },
    );
  });

  it('accepts the documented HMAC secret outside production', async () => {
    running = await startViewing({ JWT_SECRET: 'default-secret-change-in-production' });
    const { body } = await running.call('POST', '/api/playback/session', wanted);
    const [head] = body.playback_token.split('.');
    expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect((await running.call('GET', '/.well-known/jwks.json')).body).toEqual({ keys: [] });
  });
});
