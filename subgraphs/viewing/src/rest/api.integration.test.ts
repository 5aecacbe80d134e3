import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILE_WITHOUT_PEER, MEDIA_FILE, type RunningViewing, startViewing } from '../../testing/harness.ts';

let viewing: RunningViewing;
beforeAll(async () => {
  viewing = await startViewing();
});
afterAll(() => viewing.stop());

const wanted = (user: string, content = MEDIA_FILE) => ({
  user_id: user,
  profile_id: 'profile456',
  content_id: content,
  device_id: 'device101',
});

async function newSession(user: string) {
  const { status, body } = await viewing.call('POST', '/api/playback/session', wanted(user));
  expect(status).toBe(201);
  return body as { session: { session_id: string }; playback_token: string };
}

describe('the documented calls', () => {
  it('walk a session through its life', async () => {
    const { status, body, headers } = await viewing.call('POST', '/api/playback/session', {
      ...wanted('walker'),
      region: 'US',
    });
    expect(status).toBe(201);
    const id = body.session.session_id;
    expect(headers.get('location')).toBe(`/api/playback/session/${id}`);
    expect(body.session).toMatchObject({
      user_id: 'walker',
      profile_id: 'profile456',
      content_id: MEDIA_FILE,
      device_id: 'device101',
      status: 'active',
      position: 0,
    });
    const path = `/api/playback/session/${id}`;
    expect(await viewing.call('POST', `${path}/heartbeat`, { position: 120 })).toMatchObject({
      status: 200,
      body: { status: 'ok' },
    });
    expect((await viewing.call('GET', path)).body).toMatchObject({ session_id: id, position: 120 });
    expect((await viewing.call('POST', `${path}/pause`)).body).toEqual({ status: 'paused' });
    expect((await viewing.call('POST', `${path}/resume`)).body).toEqual({ status: 'active' });
    expect((await viewing.call('GET', '/api/concurrency/walker')).body).toEqual({
      user_id: 'walker',
      active_stream_count: 1,
      max_concurrent_streams: 4,
      active_sessions: [id],
    });
    const verdict = await viewing.call('POST', '/api/playback/token/validate', {
      token: body.playback_token,
    });
    expect(verdict.body).toEqual({
      valid: true,
      claims: {
        session_id: id,
        user_id: 'walker',
        profile_id: 'profile456',
        content_id: MEDIA_FILE,
        device_id: 'device101',
      },
    });
    const refreshed = await viewing.call('POST', '/api/playback/token/refresh', {
      token: body.playback_token,
    });
    expect(refreshed).toMatchObject({ status: 200, body: { token: expect.any(String) } });
    expect((await viewing.call('POST', `${path}/stop`)).body).toEqual({ status: 'stopped' });
    expect((await viewing.call('DELETE', `${path}/terminate`)).body).toEqual({ status: 'terminated' });
    expect((await viewing.call('GET', '/api/concurrency/walker')).body.active_stream_count).toBe(0);
    const refusal = await viewing.call('POST', '/api/playback/token/refresh', { token: body.playback_token });
    expect(refusal.status).toBe(401);
  });

  it('publish the start and the end of a session once each', async () => {
    const { session } = await newSession('once');
    const path = `/api/playback/session/${session.session_id}`;
    await viewing.call('POST', `${path}/heartbeat`, { position: 7 });
    for (const action of ['pause', 'pause', 'resume', 'resume', 'stop', 'stop'])
      expect((await viewing.call('POST', `${path}/${action}`)).status).toBe(200);
    await viewing.call('DELETE', `${path}/terminate`);
    await expect
      .poll(() =>
        viewing.history.events.filter((event) => event.user_id === 'once').map((event) => event.type),
      )
      .toEqual([
        'playback.started',
        'playback.heartbeat',
        'playback.paused',
        'playback.resumed',
        'playback.stopped',
      ]);
  });

  it('answer 429 with the sessions that hold the slots', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => viewing.call('POST', '/api/playback/session', wanted('crowd'))),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(4);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body).toMatchObject({ status: 429, max_concurrent_streams: 4 });
    expect(refused?.body.active_sessions).toHaveLength(4);
    expect(refused?.headers.get('content-type')).toContain('application/problem+json');
  });

  it('distinguish unknown content from content that no peer has', async () => {
    expect((await viewing.call('POST', '/api/playback/session', wanted('u', 'content789'))).status).toBe(404);
    expect((await viewing.call('POST', '/api/playback/session', wanted('u', FILE_WITHOUT_PEER))).status).toBe(
      409,
    );
  });
});

it('a heartbeat returns a token that lives minutes', async () => {
  const { session, playback_token } = await newSession('renewer');
  const path = `/api/playback/session/${session.session_id}`;
  const { body } = await viewing.call('POST', `${path}/heartbeat`, { position: 1 });
  // A signature for each heartbeat would cost more than the rest of it.
  expect((await viewing.call('POST', `${path}/heartbeat`, { position: 2 })).body).toEqual(body);
  const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
  const [first, renewed] = [claimsOf(playback_token), claimsOf(body.playback_token)];
  expect([first.exp - first.iat, renewed.exp - renewed.iat]).toEqual([3_600, 300]);
  for (const { iat, opens_until } of [first, renewed]) expect(opens_until - iat).toBe(300);
  const validate = () => viewing.call('POST', '/api/playback/token/validate', { token: body.playback_token });
  expect((await validate()).body).toMatchObject({ valid: true });
  await viewing.call('POST', `${path}/stop`);
  expect((await validate()).body).toEqual({ valid: false, reason: 'session_ended' });
});

describe('failures', () => {
  it('name the state that forbids a transition', async () => {
    const { session } = await newSession('stopper');
    const path = `/api/playback/session/${session.session_id}`;
    await viewing.call('POST', `${path}/stop`);
    const answer = await viewing.call('POST', `${path}/resume`);
    expect(answer).toMatchObject({ status: 409, body: { state: 'stopped' } });
    expect((await viewing.call('POST', `${path}/heartbeat`, { position: 1 })).status).toBe(409);
  });

  it.each([
    'unknown',
    '%00',
    '%2e%2e%2f',
    '%zz',
    '0'.repeat(99),
    'x'.repeat(3_000),
    '00000000-0000-8fff-8000-000000000000',
    '00000000-0000-8000-8000-000000000000',
    '{a}',
    '%F0%9F%8E%AC',
  ])('answer 404 for the impossible id %s', async (id) => {
    expect((await viewing.call('GET', `/api/playback/session/${id}`)).status).toBe(404);
    expect((await viewing.call('POST', `/api/playback/session/${id}/stop`)).status).toBe(404);
  });

  it('name every member of a body that is wrong', async () => {
    const { status, body } = await viewing.call('POST', '/api/playback/session', {
      user_id: 'a b',
      region: 'us',
    });
    expect(status).toBe(400);
    expect(body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([
      '/user_id',
      '/profile_id',
      '/content_id',
      '/device_id',
      '/region',
    ]);
    const none = await viewing.call('POST', '/api/playback/session');
    expect([none.status, none.body.errors[0].pointer]).toEqual([400, '']);
  });
});
