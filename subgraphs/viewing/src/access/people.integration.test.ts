import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type AccessChange, type IdentityAccessChanged, resolveTopics } from '@giggityflix/bus';
import { isLimited } from '@giggityflix/http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MEDIA_FILE, type RunningViewing, startViewing } from '../../testing/harness.ts';

const PROFILE = '019a3f64-7a7c-7000-8000-000000000001';
const OTHER = '019a3f64-7a7c-7000-8000-000000000002';
const { publicKey, privateKey } = await generateKeyPair('EdDSA');
const folder = mkdtempSync(join(tmpdir(), 'viewing-people-'));
const { identityAccessChanged } = resolveTopics({});
let viewing: RunningViewing;
/** Whether someone who is limited may see the film. */
let isAllowed = true;
let until: number | null = null;

beforeAll(async () => {
  const jwks = join(folder, 'jwks.json');
  writeFileSync(
    jwks,
    JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'EdDSA' }] }),
  );
  viewing = await startViewing(
    { AUTH_MODE: 'jwt', AUTH_JWKS_URL: pathToFileURL(jwks).href, HEARTBEAT_INTERVAL: '600s' },
    {
      checks: {
        allowed: async (ids, limits) => new Set(isLimited(limits) && !isAllowed ? [] : ids),
        close: async () => {},
      },
      entitlement: {
        check: async () => ({ entitled: true, maxConcurrentStreams: 50, until }),
        limitOf: async () => 50,
        close: async () => {},
      },
    },
  );
});
afterAll(async () => {
  await viewing?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  isAllowed = true;
  until = null;
});

async function bearer(claims: JWTPayload) {
  const token = await new SignJWT({ iss: 'giggityflix', aud: 'giggityflix', iat_ms: Date.now(), ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'one' })
    .setExpirationTime('5m')
    .sign(privateKey);
  return { authorization: `Bearer ${token}` };
}
const open = async (user: string, headers: Record<string, string>, more: object = {}) =>
  viewing.call(
    'POST',
    '/api/playback/session',
    { user_id: user, profile_id: PROFILE, content_id: MEDIA_FILE, device_id: 'd', ...more },
    headers,
  );
const statusOf = async (id: string, headers: Record<string, string>) =>
  (await viewing.call('GET', `/api/playback/session/${id}`, undefined, headers)).body.status;
const tell = (
  account: string,
  change: AccessChange,
  device: string | null,
  limits?: IdentityAccessChanged['limits'],
) =>
  viewing.bus.publish({
    topic: identityAccessChanged,
    key: account,
    value: {
      event_id: randomUUID(),
      account_id: account,
      device_id: device,
      change,
      tokens_before: Date.now(),
      ...(limits && { limits }),
      timestamp: new Date().toISOString(),
    },
  });
const WITHIN = { timeout: 2_000, interval: 20 };

describe('access that is taken back', () => {
  it('ends the sessions of the device within two seconds, and its tokens', async () => {
    const user = 'revoked';
    const [tv, phone] = await Promise.all(
      ['tv', 'phone'].map((device_id) => bearer({ sub: user, device_id })),
    );
    const onTv = (await open(user, tv!)).body.session.session_id;
    const onPhone = (await open(user, phone!)).body.session.session_id;
    await tell(user, 'revoked', 'tv');
    await expect.poll(() => statusOf(onTv, phone!), WITHIN).toBe('terminated');
    expect(await statusOf(onPhone, phone!)).toBe('active');
    await expect.poll(async () => (await open(user, tv!)).status, WITHIN).toBe(401);
    const asked = await viewing.graphql('{ concurrency { activeStreamCount } }', {}, tv!);
    expect(asked.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it.each(['closed', 'limited', 'signed_out'] as const)(
    'ends all of an account that is %s',
    async (change) => {
      const user = `all-${change}`;
      const headers = await bearer({ sub: user, device_id: 'tv' });
      const withoutDevice = await bearer({ sub: user });
      const ids = [await open(user, headers), await open(user, withoutDevice)].map(
        ({ body }) => body.session.session_id,
      );
      await tell(user, change, null);
      const later = await bearer({ sub: user, iat_ms: Date.now() + 60_000 });
      for (const id of ids) await expect.poll(() => statusOf(id, later), WITHIN).toBe('terminated');
    },
  );

  it('ends what new limits do not allow, and nothing else', async () => {
    const user = 'narrowed';
    const headers = await bearer({ sub: user, device_id: 'tv' });
    const id = (await open(user, headers)).body.session.session_id;
    const later = await bearer({ sub: user, device_id: 'tv', iat_ms: Date.now() + 60_000 });
    await tell(user, 'limits_changed', 'tv', [{ device_id: 'tv', libraries: null, rating_limit: 6 }]);
    await expect.poll(async () => (await open(user, headers)).status, WITHIN).toBe(401);
    expect(await statusOf(id, later)).toBe('active');
    isAllowed = false;
    await tell(user, 'limits_changed', null, [{ device_id: 'tv', libraries: null, rating_limit: null }]);
    await tell(user, 'limits_changed', 'phone', [{ device_id: 'phone', libraries: [], rating_limit: null }]);
    await tell(user, 'limits_changed', 'tv', [{ device_id: 'tv', libraries: [], rating_limit: null }]);
    await expect.poll(() => statusOf(id, later), WITHIN).toBe('terminated');
  });
});

describe('a session', () => {
  it('is refused for what the profile may not watch', async () => {
    isAllowed = false;
    const headers = await bearer({ sub: 'kid', profile_id: PROFILE, rating_limit: 6 });
    expect(await open('kid', headers)).toMatchObject({ status: 403, body: { title: 'Not Entitled' } });
    const asked = await viewing.graphql(
      `mutation { createPlaybackSession(input: { catalogId: "${MEDIA_FILE}", deviceId: "d" }) { __typename } }`,
      {},
      headers,
    );
    expect(asked.data.createPlaybackSession.__typename).toBe('NotEntitled');
    expect((await open('kid', await bearer({ sub: 'kid', profile_id: PROFILE }))).status).toBe(201);
  });

  it('ends when watching is over', async () => {
    until = Date.now() + 1_000;
    const headers = await bearer({ sub: 'late' });
    const id = (await open('late', headers)).body.session.session_id;
    expect(await statusOf(id, headers)).toBe('active');
    await viewing.call('POST', `/api/playback/session/${id}/heartbeat`, { position: 1 }, headers);
    await expect.poll(() => statusOf(id, headers), { timeout: 3_000 }).toBe('expired');
  });
});

describe('a token of one profile', () => {
  it('is for that profile alone, which it need not name', async () => {
    const headers = await bearer({ sub: 'ann', profile_id: PROFILE });
    expect(await open('ann', headers, { profile_id: OTHER })).toMatchObject({ status: 403 });
    expect((await open('ann', headers, { profile_id: undefined })).body.session.profile_id).toBe(PROFILE);
    for (const query of [
      `mutation { createPlaybackSession(input: { profileId: "${OTHER}", catalogId: "${MEDIA_FILE}", deviceId: "d" }) { __typename } }`,
      `{ continueWatching(profileId: "${OTHER}") { catalogId } }`,
      `{ _entities(representations: [{ __typename: "Profile", id: "${OTHER}" }]) { ... on Profile { continueWatching { catalogId } } } }`,
    ]) {
      const asked = await viewing.graphql(query, {}, headers);
      expect(asked.errors?.[0]?.extensions.code, query).toBe('FORBIDDEN');
    }
  });

  it('does not reach the sessions of another', async () => {
    const adult = await bearer({ sub: 'ben', profile_id: OTHER });
    const kid = await bearer({ sub: 'ben', profile_id: PROFILE, rating_limit: 6 });
    const opened = (await open('ben', adult, { profile_id: OTHER })).body;
    const path = `/api/playback/session/${opened.session.session_id}`;
    expect((await viewing.call('GET', path, undefined, kid)).status).toBe(404);
    expect((await viewing.call('POST', `${path}/heartbeat`, { position: 1 }, kid)).status).toBe(404);
    const refresh = { token: opened.playback_token };
    expect((await viewing.call('POST', '/api/playback/token/refresh', refresh, kid)).status).toBe(401);
    const asked = await viewing.graphql(
      '{ concurrency { activeStreamCount activeSessions { id } } }',
      {},
      kid,
    );
    expect(asked.data.concurrency).toEqual({ activeStreamCount: 1, activeSessions: [] });
    expect((await viewing.call('POST', `${path}/heartbeat`, { position: 1 }, adult)).status).toBe(200);
  });

  it('is shown what it began, without what it may not see', async () => {
    const headers = await bearer({ sub: 'cat', profile_id: PROFILE, rating_limit: 6 });
    const id = (await open('cat', headers)).body.session.session_id;
    await viewing.call('POST', `/api/playback/session/${id}/heartbeat`, { position: 5 }, headers);
    const begun = async () => {
      const asked = await viewing.graphql(
        `{ continueWatching { profile { id } }
           _entities(representations: [{ __typename: "Profile", id: "${PROFILE}" }]) {
             ... on Profile { continueWatching { positionSeconds } } } }`,
        {},
        headers,
      );
      return asked.data;
    };
    await expect.poll(begun).toEqual({
      continueWatching: [{ profile: { id: PROFILE } }],
      _entities: [{ continueWatching: [{ positionSeconds: 5 }] }],
    });
    isAllowed = false;
    expect(await begun()).toEqual({ continueWatching: [], _entities: [{ continueWatching: [] }] });
  });
});
