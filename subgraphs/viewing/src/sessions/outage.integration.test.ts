import { execFileSync } from 'node:child_process';
import { withDeadline } from '@giggityflix/kernel';
import { realRedis } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEDIA_FILE, type RunningViewing, startViewing } from '../../testing/harness.ts';

const redis = await realRedis({ persistent: true });
/** A request that waits longer than this has not failed fast, in milliseconds. */
const FAST_MS = 3_000;
/** Less than any time-out of Redis, in milliseconds. */
const AT_ONCE_MS = 100;

describe.skipIf(redis.skip || !redis.server)('while Redis is unavailable', () => {
  let viewing: RunningViewing;
  beforeAll(async () => {
    viewing = await startViewing({ STATE: 'redis', REDIS_ADDR: `${redis.host}:${redis.port}` });
  });
  afterAll(() => viewing?.stop());

  const body = { user_id: 'u', profile_id: 'p', content_id: MEDIA_FILE, device_id: 'd' };
  const create = () => viewing.call('POST', '/api/playback/session', body);

  it('requests fail fast with a hint, nothing is half-done, and it recovers by itself', async () => {
    const { body: created, status } = await create();
    expect(status).toBe(201);
    const path = `/api/playback/session/${created.session.session_id}`;
    await redis.server!.kill();

    const requests = Promise.all([
      create(),
      viewing.call('GET', path),
      viewing.call('POST', `${path}/heartbeat`, { position: 5 }),
      viewing.call('POST', `${path}/stop`),
      viewing.call('GET', '/api/concurrency/u'),
    ]);
    const answers = await withDeadline(requests, FAST_MS, 'failing fast');
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.body.detail).toContain('session store');
    }
    const { errors } = await viewing.graphql('{ concurrency { activeStreamCount } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect((await viewing.call('GET', '/health')).status).toBe(200);
    await expect.poll(async () => (await viewing.call('GET', '/ready')).status).toBe(503);

    await redis.server!.restart();
    await expect.poll(async () => (await viewing.call('GET', path)).status).toBe(200);
    expect((await viewing.call('GET', '/api/concurrency/u')).body.active_stream_count).toBe(1);
    expect((await viewing.call('POST', `${path}/stop`)).status).toBe(200);
    await expect
      .poll(() => viewing.history.events.map((event) => event.type), { timeout: 15_000 })
      .toEqual(['playback.started', 'playback.stopped']);
  });

  it('the service may start before Redis does', async () => {
    await redis.server!.kill();
    const early = await startViewing({ STATE: 'redis', REDIS_ADDR: `${redis.host}:${redis.port}` });
    try {
      expect((await early.call('GET', '/ready')).status).toBe(503);
      expect((await early.call('POST', '/api/playback/session', body)).status).toBe(503);
      await redis.server!.restart();
      await expect.poll(async () => (await early.call('GET', '/ready')).status).toBe(200);
      // A Redis that writes each command to a busy disk may still be slower than a viewer waits.
      let sessionId = '';
      await expect
        .poll(async () => {
          const { status, body: created } = await early.call('POST', '/api/playback/session', body);
          sessionId = created.session?.session_id ?? '';
          return status;
        })
        .toBe(201);
      await expect
        .poll(async () => {
          await early.call('POST', `/api/playback/session/${sessionId}/stop`);
          return (await early.call('GET', '/api/concurrency/u')).body.active_stream_count;
        })
        .toBe(0);
    } finally {
      await early.stop();
    }
  });

  it('a Redis that hangs does not hang the service', async () => {
    const pid = Number(
      execFileSync('redis-cli', ['-p', String(redis.port), 'info', 'server'])
        .toString()
        .match(/process_id:(\d+)/)?.[1],
    );
    const attempts: ReturnType<typeof create>[] = [];
    const attempt = () => {
      const sent = create();
      attempts.push(sent);
      return sent;
    };
    process.kill(pid, 'SIGSTOP');
    try {
      expect((await withDeadline(attempt(), FAST_MS, 'failing fast')).status).toBe(503);
      expect((await withDeadline(viewing.call('GET', '/ready'), FAST_MS, 'failing fast')).status).toBe(503);
      // Once the breaker is open a request does not wait for Redis at all.
      await expect
        .poll(async () => (await withDeadline(attempt(), AT_ONCE_MS, 'failing at once')).status)
        .toBe(503);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await expect.poll(async () => (await viewing.call('GET', '/api/concurrency/u')).status).toBe(200);
    // One that still waited when Redis went on has its session.
    for (const { status, body: created } of await Promise.all(attempts))
      if (status === 201)
        await viewing.call('POST', `/api/playback/session/${created.session.session_id}/stop`);
    // An admission that Redis received too late to answer does not occupy a slot.
    await expect
      .poll(async () => (await viewing.call('GET', '/api/concurrency/u')).body.active_stream_count, {
        timeout: 15_000,
      })
      .toBe(0);
  });
});
