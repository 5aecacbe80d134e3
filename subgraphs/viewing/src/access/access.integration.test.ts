import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEDIA_FILE, type RunningViewing, startViewing } from '../../testing/harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewing-access-'));
const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
const bearer = async (sub: string, roles = ['viewer']) => {
  const token = await new SignJWT({ roles })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k' })
    .setIssuer('giggityflix')
    .setAudience('giggityflix')
    .setSubject(sub)
    .setExpirationTime('1h')
    .sign(privateKey);
  return { authorization: `Bearer ${token}` };
};
const service = { authorization: 'Bearer service-token-of-a-backend' };

let viewing: RunningViewing;
beforeAll(async () => {
  const jwks = join(folder, 'jwks.json');
  writeFileSync(
    jwks,
    JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'EdDSA' }] }),
  );
  viewing = await startViewing({
    AUTH_MODE: 'jwt',
    AUTH_JWKS_URL: pathToFileURL(jwks).href,
    SERVICE_TOKENS: 'service-token-of-a-backend',
    RATE_LIMIT_USER: '5',
  });
});
afterAll(async () => {
  await viewing.stop();
  rmSync(folder, { recursive: true, force: true });
});

const create = (userId: string, headers: Record<string, string>) =>
  viewing.call(
    'POST',
    '/api/playback/session',
    { user_id: userId, profile_id: 'p', content_id: MEDIA_FILE, device_id: 'd' },
    headers,
  );

describe('the REST API', () => {
  it('requires credentials, and says so', async () => {
    const missing = await create('anna', {});
    expect(missing.status).toBe(401);
    expect(missing.headers.get('www-authenticate')).toBe('Bearer');
    const wrong = await create('anna', { authorization: 'Bearer not-a-token' });
    expect(wrong.status).toBe(401);
    expect(JSON.stringify(wrong.body)).not.toContain('not-a-token');
    expect((await viewing.call('GET', '/.well-known/jwks.json')).status).toBe(200);
    expect((await viewing.call('GET', '/health')).status).toBe(200);
  });

  it('lets a viewer act for its own account only', async () => {
    const [anna, ben] = [await bearer('anna'), await bearer('ben')];
    const { status, body } = await create('anna', anna);
    expect(status).toBe(201);
    const path = `/api/playback/session/${body.session.session_id}`;
    expect((await create('anna', ben)).status).toBe(403);
    expect((await viewing.call('GET', path, undefined, ben)).status).toBe(404);
    expect((await viewing.call('POST', `${path}/stop`, undefined, ben)).status).toBe(404);
    expect((await viewing.call('GET', '/api/concurrency/anna', undefined, ben)).status).toBe(403);
    const refresh = { token: body.playback_token };
    expect((await viewing.call('POST', '/api/playback/token/refresh', refresh, ben)).status).toBe(401);
    const { data } = await viewing.graphql(
      'query Q($id: ID!) { playbackSession(id: $id) { id } }',
      { id: body.session.session_id },
      ben,
    );
    expect(data).toEqual({ playbackSession: null });
    expect((await viewing.call('GET', path, undefined, anna)).body.status).toBe('active');
  });

  it('lets a backend with a service token act for any account', async () => {
    const { status, body } = await create('carl', service);
    expect(status).toBe(201);
    const path = `/api/playback/session/${body.session.session_id}`;
    expect((await viewing.call('POST', `${path}/pause`, undefined, service)).status).toBe(200);
    expect((await viewing.call('GET', '/api/concurrency/carl', undefined, service)).status).toBe(200);
  });

  it('keeps GraphQL to those who are signed in', async () => {
    const { errors } = await viewing.graphql('{ concurrency { userId } }');
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    const { data } = await viewing.graphql('{ concurrency { userId } }', {}, await bearer('dora'));
    expect(data.concurrency.userId).toBe('dora');
  });

  it('limits the requests of one user without limiting others', async () => {
    const [eve, fred] = [await bearer('eve'), await bearer('fred')];
    const ask = (headers: Record<string, string>) =>
      viewing.call('GET', '/api/playback/session/x', undefined, headers);
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(eve)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask(fred)).status).toBe(404);
    // The bucket fills up again meanwhile, on a busy machine by more than one request takes.
    const queries = await Promise.all(
      Array.from({ length: 100 }, () => viewing.graphql('{ concurrency { userId } }', {}, eve)),
    );
    const codes = queries.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));
    expect(new Set(codes)).toEqual(new Set(['RATE_LIMITED']));
  });
});
