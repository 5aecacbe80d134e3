import { createHmac, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import { createLocalJWKSet, generateKeyPair, importJWK, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Session } from '../sessions/session.ts';
import { newSessionId } from '../sessions/session-id.ts';
import { createFileKeyStore } from './keys.file.ts';
import { createFixedKeyStore } from './keys.fixed.ts';
import { type KeyStore, newSigningKey } from './keys.ts';
import { createPlaybackTokens, type PlaybackTokens, type TokenSigning } from './tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewing-keys-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HOUR = 3_600_000;
const session: Session = {
  id: newSessionId('user123'),
  userId: 'user123',
  profileId: 'profile456',
  catalogId: 'a'.repeat(64),
  signInId: null,
  deviceId: 'device101',
  status: 'active',
  startedAt: 0,
  lastHeartbeatAt: 0,
  position: 0,
};
const SECRET = 'a secret of at least thirty-two bytes, shared';

let lines: string[];
let now: number;
const logger = createLogger({
  service: 'test',
  destination: { write: (line: string) => void lines.push(line) },
});
beforeEach(() => {
  lines = [];
  now = Date.now();
});
const tokensWith = (signing: TokenSigning) =>
  createPlaybackTokens({ signing, lifetimeMs: HOUR, logger, clock: () => now });

const policy = { periodMs: 24 * HOUR, leadMs: HOUR, overlapMs: 2 * HOUR };
const key = await newSigningKey(0);
const unknownKey = await newSigningKey(0);
const keys: KeyStore = { current: async () => ({ signer: key, all: [key] }) };
const eddsa = () => tokensWith({ algorithm: 'EdDSA', keys });
const hs256 = () => tokensWith({ algorithm: 'HS256', secret: SECRET });

const seconds = () => Math.floor(now / 1_000);
const goodClaims = () => ({
  session_id: session.id,
  user_id: session.userId,
  profile_id: session.profileId,
  content_id: session.catalogId,
  device_id: session.deviceId,
  iss: 'viewing-service',
  sub: session.userId,
  iat: seconds(),
  nbf: seconds(),
  exp: seconds() + 3_600,
  jti: 'id',
});
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const sign = async (claims: object, header: object = {}, signer = key) =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: key.kid, ...header })
    .sign(await importJWK(signer.jwk, 'EdDSA'));

describe('a shared secret', () => {
  const OTHER = 'another secret of at least thirty-two bytes';
  const sharing = (secret: string, acceptedSecret: string | null = null) =>
    tokensWith({ algorithm: 'HS256', secret, acceptedSecret });

  it('is changed with no token refused: accepted everywhere first, then signing, then alone', async () => {
    const steps = [sharing(SECRET), sharing(SECRET, OTHER), sharing(OTHER, SECRET), sharing(OTHER)];
    for (const [at, one] of steps.entries())
      for (const other of steps.slice(at, at + 2))
        for (const [signer, verifier] of [
          [one, other],
          [other, one],
        ] as const)
          expect(await verifier.verify(await signer.issue(session))).toMatchObject({ valid: true });
    expect(await steps[3]!.verify(await steps[0]!.issue(session))).toEqual({
      valid: false,
      reason: 'wrong_signature',
    });
    expect(
      await sharing(SECRET, OTHER).verify(await sharing(SECRET.toUpperCase()).issue(session)),
    ).toMatchObject({
      valid: false,
    });
  });
});

describe('a playback token', () => {
  it.each([
    ['EdDSA', eddsa],
    ['HS256', hs256],
  ] as const)('contains the session, signed with %s', async (algorithm, create) => {
    const tokens = create();
    const token = await tokens.issue(session);
    const verdict = await tokens.verify(token);
    expect(verdict).toMatchObject({
      valid: true,
      claims: {
        session_id: session.id,
        user_id: 'user123',
        profile_id: 'profile456',
        content_id: session.catalogId,
        device_id: 'device101',
        iss: 'viewing-service',
        sub: 'user123',
        exp: seconds() + 3_600,
      },
    });
    expect(JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).alg).toBe(algorithm);
  });

  it('is verified by anyone with the published keys', async () => {
    const tokens = eddsa();
    const jwks = await tokens.jwks();
    expect(JSON.stringify(jwks)).not.toContain(key.jwk.d);
    const { payload } = await jwtVerify(await tokens.issue(session), createLocalJWKSet(jwks));
    expect(payload.session_id).toBe(session.id);
    expect((await hs256().jwks()).keys).toEqual([]);
  });

  it('is different each time', async () => {
    const tokens = eddsa();
    expect(await tokens.issue(session)).not.toBe(await tokens.issue(session));
  });

  it('may be accepted a while after its end, but never before its time', async () => {
    const tokens = eddsa();
    const token = await tokens.issue(session);
    now += HOUR + 60_000;
    expect(await tokens.verify(token)).toEqual({ valid: false, reason: 'expired' });
    expect(await tokens.verify(token, { graceSeconds: 900 })).toMatchObject({ valid: true });
    now += HOUR;
    expect(await tokens.verify(token, { graceSeconds: 900 })).toEqual({ valid: false, reason: 'expired' });
    const early = await sign({ ...goodClaims(), nbf: seconds() + 600 });
    expect(await tokens.verify(early, { graceSeconds: 900 })).toEqual({
      valid: false,
      reason: 'not_yet_valid',
    });
  });
});

describe('a forged token is refused, with the reason in the log', () => {
  const refused = async (tokens: PlaybackTokens, token: string, reason: string) => {
    expect(await tokens.verify(token)).toEqual({ valid: false, reason });
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ reason, msg: 'refused a playback token' }),
    );
    expect(lines.join('')).not.toContain(token);
  };

  it('alg none', async () => {
    const token = `${encode({ alg: 'none' })}.${encode(goodClaims())}.`;
    await refused(eddsa(), token, 'wrong_algorithm');
    await refused(hs256(), token, 'wrong_algorithm');
  });

  it('HMAC with the public key as the secret', async () => {
    const head = `${encode({ alg: 'HS256', kid: key.kid })}.${encode(goodClaims())}`;
    const mac = createHmac('sha256', Buffer.from(key.jwk.x!, 'base64url')).update(head).digest('base64url');
    await refused(eddsa(), `${head}.${mac}`, 'wrong_algorithm');
  });

  it('an asymmetric signature where a shared secret is used, and another HMAC', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const token = await new SignJWT(goodClaims()).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    await refused(hs256(), token, 'wrong_algorithm');
    const longer = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: 'HS512' })
      .sign(new TextEncoder().encode(SECRET));
    await refused(hs256(), longer, 'wrong_algorithm');
  });

  it('tampered claims', async () => {
    const tokens = eddsa();
    const [head, , signature] = (await tokens.issue(session)).split('.');
    const claims = encode({ ...goodClaims(), user_id: 'someone-else' });
    await refused(tokens, `${head}.${claims}.${signature}`, 'wrong_signature');
  });

  it('another key under a known id, an unknown id, and a key of the token’s own', async () => {
    await refused(eddsa(), await sign(goodClaims(), {}, unknownKey), 'wrong_signature');
    await refused(eddsa(), await sign(goodClaims(), { kid: unknownKey.kid }, unknownKey), 'unknown_key');
    const { d: _, ...jwk } = unknownKey.jwk;
    await refused(eddsa(), await sign(goodClaims(), { kid: undefined, jwk }, unknownKey), 'unknown_key');
  });

  it('another issuer, another audience', async () => {
    await refused(eddsa(), await sign({ ...goodClaims(), iss: 'someone' }), 'wrong_issuer');
    await refused(eddsa(), await sign({ ...goodClaims(), aud: 'someone' }), 'wrong_audience');
    await refused(eddsa(), await sign({ ...goodClaims(), aud: ['a', 'b'] }), 'wrong_audience');
    expect(await eddsa().verify(await sign({ ...goodClaims(), aud: 'giggityflix-peer' }))).toMatchObject({
      valid: true,
    });
  });

  it('expired, not yet valid, without an end', async () => {
    await refused(eddsa(), await sign({ ...goodClaims(), exp: seconds() - 60 }), 'expired');
    await refused(eddsa(), await sign({ ...goodClaims(), nbf: seconds() + 60 }), 'not_yet_valid');
    const { exp: _, ...endless } = goodClaims();
    await refused(eddsa(), await sign(endless), 'missing_claims');
  });

  it('claims that are missing or of another kind', async () => {
    const { session_id: _, ...without } = goodClaims();
    await refused(eddsa(), await sign(without), 'missing_claims');
    await refused(eddsa(), await sign({ ...goodClaims(), user_id: 7 }), 'missing_claims');
  });

  it.each(['', 'x', 'a.b', 'a.b.c', '....', `${encode({ alg: 'EdDSA' })}..`, '🎬.🎬.🎬', 'null.null.null'])(
    'no token at all: %s',
    async (text) => {
      const verdict = await eddsa().verify(text);
      expect(verdict.valid).toBe(false);
      expect((await hs256().verify(text)).valid).toBe(false);
    },
  );

  it('oversized, without being looked at', async () => {
    await refused(eddsa(), `${encode({ alg: 'EdDSA' })}.${'a'.repeat(10_000)}.x`, 'malformed');
  });
});

describe('signing keys', () => {
  it('survive a restart, readable by their owner alone', async () => {
    const path = join(folder, 'restart', 'keys.json');
    const first = await createFileKeyStore(path, policy).current();
    expect(await createFileKeyStore(path, policy).current()).toEqual(first);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('are made once, however many processes start', async () => {
    const path = join(folder, 'together', 'keys.json');
    const sets = await Promise.all(
      Array.from({ length: 8 }, () => createFileKeyStore(path, policy).current()),
    );
    expect(new Set(sets.map(({ signer }) => signer.kid)).size).toBe(1);
  });

  it('rotate: published first, then signing, and kept while their tokens may live', async () => {
    const path = join(folder, 'rotation', 'keys.json');
    let clock = 1_000_000 * HOUR;
    const store = createFileKeyStore(path, policy, () => clock);
    const old = (await store.current()).signer.kid;
    clock += 23 * HOUR;
    const published = await store.current();
    expect(published.signer.kid).toBe(old);
    expect(published.all).toHaveLength(2);
    clock += HOUR;
    const rotated = await store.current();
    expect(rotated.signer.kid).not.toBe(old);
    expect(rotated.all.map(({ kid }) => kid)).toContain(old);
    clock += 2 * HOUR;
    expect((await store.current()).all.map(({ kid }) => kid)).not.toContain(old);
  });

  it('may be handed in by the operator, and nothing but Ed25519 is taken', async () => {
    const pem = (type: 'ed25519' | 'x25519') =>
      generateKeyPairSync(type as 'ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const tokens = tokensWith({
      algorithm: 'EdDSA',
      keys: createFixedKeyStore(pem('ed25519') + pem('ed25519').replaceAll('\n', '\\n')),
    });
    expect((await tokens.jwks()).keys).toHaveLength(2);
    expect(await tokens.verify(await tokens.issue(session))).toMatchObject({ valid: true });
    expect(() => createFixedKeyStore(pem('x25519'))).toThrow('Ed25519');
    expect(() => createFixedKeyStore('secret')).toThrow('PEM');
  });
});
