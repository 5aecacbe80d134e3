import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realRedis } from '../../tests/support/index.ts';
import type { Matchmaker } from './index.ts';
import { createTestClient, startMatchmaker, type TestClient } from './testing.ts';

const redis = await realRedis();
const folder = mkdtempSync(join(tmpdir(), 'matchmaker-'));
const keys = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
const jwks = join(folder, 'jwks.json');
writeFileSync(
  jwks,
  JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), alg: 'EdDSA', kid: '1' }] }),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open: { close(): void }[] = [];
afterAll(() => {
  for (const client of open) client.close();
});

async function client(of: Matchmaker, host = '127.0.0.1'): Promise<TestClient> {
  const made = await createTestClient(of, { host });
  open.push(made);
  return made;
}

function sign(
  subject: string,
  { key = keys.privateKey, ends = '1h', audience = 'giggityflix' } = {},
): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'EdDSA', kid: '1' })
    .setSubject(subject)
    .setIssuer('giggityflix')
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(ends)
    .setJti(crypto.randomUUID())
    .sign(key);
}

const auth = { AUTH_MODE: 'jwt', AUTH_JWKS_URL: pathToFileURL(jwks).href };

describe('a matchmaker that requires tokens', () => {
  let matchmaker: Matchmaker;
  beforeAll(async () => {
    matchmaker = await startMatchmaker({ ...auth, MATCHMAKER_REQUIRE_TOKEN: 'true' });
  });
  afterAll(() => matchmaker.stop());

  const register = async (token?: string, peer_id: string | undefined = 'alice', host?: string) =>
    (await client(matchmaker, host)).ask({ type: 'register', peer_id, token });

  test('registers a peer whose token vouches for its id', async () => {
    expect(await register(await sign('alice'))).toMatchObject({ type: 'your_addr' });
  });

  test('takes a token again from the same address, and refuses it replayed from another', async () => {
    const token = await sign('alice');
    expect(await register(token)).toMatchObject({ type: 'your_addr' });
    expect(await register(token)).toMatchObject({ type: 'your_addr' });
    expect(await register(token, 'alice', '127.0.0.2')).toEqual({
      type: 'error',
      msg: 'the token was used from another address',
    });
  });

  test.each([
    ['none', async () => undefined, 'missing token'],
    ['nonsense', async () => 'x.y.z', 'invalid token'],
    ['one for another peer', () => sign('bob'), 'the token is for another peer_id'],
    ['one that has ended', () => sign('alice', { ends: '-1h' }), 'invalid token'],
    ['one for another audience', () => sign('alice', { audience: 'elsewhere' }), 'invalid token'],
    [
      'a forged one',
      async () => sign('alice', { key: (await generateKeyPair('EdDSA', { crv: 'Ed25519' })).privateKey }),
      'invalid token',
    ],
  ])('refuses %s', async (_what, make, msg) => {
    expect(await register(await make())).toEqual({ type: 'error', msg });
  });

  test('refuses those without an id', async () => {
    const one = await client(matchmaker);
    expect(await one.ask({ type: 'register' })).toEqual({ type: 'error', msg: 'missing peer_id' });
  });
});

describe.skipIf(redis.skip)('two instances on one Redis', () => {
  test('introduce their clients to each other, each from the address its client talks to', async () => {
    const env = { STATE: 'redis', REDIS_HOST: redis.host, REDIS_PORT: String(redis.port) };
    const [first, second] = await Promise.all([startMatchmaker(env), startMatchmaker(env)]);
    const one = await client(first);
    const other = await client(second);
    await one.ask({ type: 'register', peer_id: 'one' });
    await other.ask({ type: 'register', peer_id: 'other' });
    expect(await one.ask({ type: 'connect', target_id: 'other' })).toEqual({
      type: 'peer',
      peer: ['127.0.0.1', other.port],
      peer_id: 'other',
    });
    expect(await other.nextJson()).toEqual({ type: 'peer', peer: ['127.0.0.1', one.port], peer_id: 'one' });
    await Promise.all([first.stop(), second.stop()]);
  });
});
