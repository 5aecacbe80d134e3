import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { realRedis } from '@giggityflix/testing';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestClient, startMatchmaker, type TestClient } from '../../testing/matchmaker.ts';
import { createPeerToken, createPunchClient, type Endpoint, type Matchmaker, peerIdOf } from '../index.ts';

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

  it('registers a peer whose token vouches for its id', async () => {
    expect(await register(await sign('alice'))).toMatchObject({ type: 'your_addr' });
  });

  it('takes a token again from the same address, and refuses it replayed from another', async () => {
    const token = await sign('alice');
    expect(await register(token)).toMatchObject({ type: 'your_addr' });
    expect(await register(token)).toMatchObject({ type: 'your_addr' });
    expect(await register(token, 'alice', '127.0.0.2')).toEqual({
      type: 'error',
      msg: 'the token was used from another address',
    });
  });

  it('refuses a token replayed from another address with its signature written differently', async () => {
    const token = await sign('alice');
    const last = token.at(-1) as string;
    // The last character of 64 bytes in base64url has four bits that mean nothing.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const replayed = token.slice(0, -1) + alphabet[alphabet.indexOf(last) ^ 1];
    expect(await register(token)).toMatchObject({ type: 'your_addr' });
    expect(await register(replayed, 'alice', '127.0.0.2')).toMatchObject({ type: 'error' });
  });

  it.each([
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

  it('refuses those without an id', async () => {
    const one = await client(matchmaker);
    expect(await one.ask({ type: 'register' })).toEqual({ type: 'error', msg: 'missing peer_id' });
  });
});

describe('a token that a peer signs itself', () => {
  const mine = generateKeyPairSync('ed25519').privateKey;
  const other = generateKeyPairSync('ed25519').privateKey;
  let matchmaker: Matchmaker;
  beforeAll(async () => {
    matchmaker = await startMatchmaker({ ...auth, MATCHMAKER_REQUIRE_TOKEN: 'true' });
  });
  afterAll(() => matchmaker.stop());

  const register = async (token: string, peer_id = peerIdOf(mine)) =>
    (await client(matchmaker)).ask({ type: 'register', peer_id, token });

  const forge = (changes: {
    header?: object;
    subject?: string;
    audience?: string;
    key?: KeyObject;
    age?: number;
    life?: number;
  }) => {
    const { subject = peerIdOf(mine), audience = 'matchmaker', key = mine, age = 0, life = 600 } = changes;
    const issuedAt = Math.floor(Date.now() / 1_000) - age;
    return new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({
        alg: 'EdDSA',
        typ: 'peer+jwt',
        jwk: createPublicKey(mine).export({ format: 'jwk' }) as JWK,
        ...changes.header,
      })
      .setIssuer(subject)
      .setSubject(subject)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + life)
      .sign(key);
  };

  it('registers the id of its key', async () => {
    expect(await register(await createPeerToken(mine)(false))).toMatchObject({ type: 'your_addr' });
    expect(await register(await forge({}))).toMatchObject({ type: 'your_addr' });
  });

  it('fits in a registration with everything else there is', async () => {
    const message = {
      type: 'register',
      peer_id: peerIdOf(mine),
      token: await createPeerToken(mine)(false),
      local: ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 65_535],
      cookie: 'x'.repeat(12),
    };
    expect(JSON.stringify(message).length).toBeLessThan(1_000);
    expect(await (await client(matchmaker)).ask(message)).toMatchObject({ type: 'your_addr' });
  });

  it.each([
    ['for the id of another key', () => forge({ subject: peerIdOf(other) }), peerIdOf(other)],
    ['for an id of one’s choosing', () => forge({ subject: 'living-room' }), 'living-room'],
    ['signed with another key than it names', () => forge({ key: other })],
    ['without its key', () => forge({ header: { jwk: undefined } })],
    [
      'with something else for a key',
      () => forge({ header: { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AA' } } }),
    ],
    ['for someone else to read', () => forge({ audience: 'giggityflix' })],
    ['without its type', () => forge({ header: { typ: 'JWT' } })],
    ['that has ended', () => forge({ age: 700, life: 600 })],
    ['too old, though it ends late', () => forge({ age: 700, life: 100_000 })],
    ['from the future', () => forge({ age: -600 })],
  ])('is refused %s', async (_what, make, id = peerIdOf(mine)) => {
    expect(await register(await make(), id)).toEqual({ type: 'error', msg: 'invalid token' });
  });

  it('is requested again when the last one is refused, as after a change of address', async () => {
    const server = matchmaker.addresses()[0] as Endpoint;
    const token = createPeerToken(mine);
    const used = await token(false);
    await (await client(matchmaker, '127.0.0.2')).ask({
      type: 'register',
      peer_id: peerIdOf(mine),
      token: used,
    });
    const punch = createPunchClient({ server, peerId: peerIdOf(mine), token });
    expect((await punch.start()).address).toBe('127.0.0.1');
    await punch.stop();
  });

  it('lets punching peers in, with the ids of their keys', async () => {
    const server = matchmaker.addresses()[0] as Endpoint;
    const [one, two] = [mine, other].map((key) =>
      createPunchClient({ server, peerId: peerIdOf(key), token: createPeerToken(key) }),
    );
    await one!.start();
    await two!.start();
    expect((await one!.connect(peerIdOf(other))).peerId).toBe(peerIdOf(other));
    await Promise.all([one!.stop(), two!.stop()]);
  });
});

it('a peer signs a token once for most of its life, and again when it was refused', async () => {
  let time = Date.now();
  const token = createPeerToken(generateKeyPairSync('ed25519').privateKey, { now: () => time });
  const first = await token(false);
  time += 300_000;
  expect(await token(false)).toBe(first);
  expect(await token(true)).not.toBe(first);
  const second = await token(false);
  time += 500_000;
  expect(await token(false)).not.toBe(second);
});

describe.skipIf(redis.skip)('two instances on one Redis', () => {
  it('introduce their clients to each other, each from the address its client talks to', async () => {
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
