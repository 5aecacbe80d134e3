import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseEnvironment } from '@giggityflix/kernel';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  type AuthConfig,
  AuthenticationError,
  authConfig,
  authVariables,
  createAuthenticator,
  DEMO_IDENTITY,
  hasRole,
  isLimited,
  NOT_LIMITED,
} from './identity.ts';

const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
const directory = mkdtempSync(join(tmpdir(), 'giggityflix-identity-'));
const jwksPath = join(directory, 'jwks.json');
writeFileSync(
  jwksPath,
  JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'EdDSA' }] }),
);
afterAll(() => rmSync(directory, { recursive: true }));

const config: AuthConfig = {
  mode: 'jwt',
  jwksUrl: pathToFileURL(jwksPath).href,
  issuer: 'us',
  audience: 'them',
  serviceTokens: ['service-one', 'service-two'],
  production: false,
};
const now = () => Math.floor(Date.now() / 1_000);
const sign = (
  claims: JWTPayload,
  header = { alg: 'EdDSA', kid: 'one' },
  key: CryptoKey | Uint8Array = privateKey,
) =>
  new SignJWT({ sub: 'ann', iss: 'us', aud: 'them', exp: now() + 60, ...claims })
    .setProtectedHeader(header)
    .sign(key);
const authenticate = (authorization?: string, changes: Partial<AuthConfig> = {}) =>
  createAuthenticator({ ...config, ...changes }).authenticate(authorization);

describe('an authorization header', () => {
  it('names the user, the roles and their end', async () => {
    const exp = now() + 60;
    const token = await sign({ roles: ['viewer', 'operator', 'wizard'], exp });
    expect(await authenticate(`Bearer ${token}`)).toEqual({
      userId: 'ann',
      roles: ['viewer', 'operator'],
      expiresAt: exp * 1_000,
      issuedAt: null,
      deviceId: null,
      profileId: null,
      limits: NOT_LIMITED,
      scopes: [],
    });
    expect(await authenticate(`bearer ${await sign({})}`)).toMatchObject({ roles: ['viewer'] });
  });

  it.each([
    [{ scope: 'read:email  write' }, ['read:email', 'write']],
    [{ scp: ['a', 'b'], scope: 'b c' }, ['b', 'c', 'a']],
    [{ scp: 'a b' }, ['a', 'b']],
    [{ scope: { a: true }, scp: [1] }, []],
  ])('names what the token is for: %j', async (claims, scopes) => {
    expect(await authenticate(`Bearer ${await sign(claims)}`)).toMatchObject({ scopes });
  });

  it('says on which device, as whom and within which limits someone watches', async () => {
    const profile_id = '019a3f64-7a7c-7000-8000-000000000000';
    const claims = { device_id: 'd', profile_id, libraries: ['films'], rating_limit: 6, iat_ms: 1_234 };
    const identity = await authenticate(`Bearer ${await sign({ ...claims, iat: 1 })}`);
    expect(identity).toMatchObject({
      issuedAt: 1_234,
      deviceId: 'd',
      profileId: profile_id,
      limits: { libraries: ['films'], ratingLimit: 6 },
    });
    expect(isLimited(identity!.limits)).toBe(true);
    expect(await authenticate(`Bearer ${await sign({ libraries: [], rating_limit: 0 })}`)).toMatchObject({
      limits: { libraries: [], ratingLimit: 0 },
    });
  });

  it('of another issuer does not limit, whatever it calls a device', async () => {
    const identity = await authenticate(`Bearer ${await sign({ iat: 1_000, device_id: 7 })}`);
    expect(identity).toMatchObject({ issuedAt: 1_000_000, deviceId: null, limits: NOT_LIMITED });
    expect(isLimited(identity!.limits)).toBe(false);
  });

  it('cannot make a client a service', async () => {
    const identity = await authenticate(`Bearer ${await sign({ roles: ['service'] })}`);
    expect(hasRole(identity, 'service')).toBe(false);
  });

  it('may carry a service token', async () => {
    expect(await authenticate('Bearer service-two')).toMatchObject({ roles: ['service'] });
  });

  it('is absent for a visitor, who is the demo user in demo mode', async () => {
    expect(await authenticate()).toBeNull();
    expect(await authenticate('')).toBeNull();
    expect(await authenticate(undefined, { mode: 'demo' })).toEqual(DEMO_IDENTITY);
  });

  it('logs which claim does not fit, in a line', async () => {
    const refusal = authenticate(`Bearer ${await sign({ sub: 'a b' })}`);
    await expect(refusal).rejects.toThrow(/^claim sub: expected 1 to 200 printable ASCII characters/);
  });

  it.each<[string, () => Promise<string>]>([
    ['another scheme', async () => 'Basic YTpi'],
    ['no token', async () => 'Bearer '],
    ['spaces in the token', async () => 'Bearer a b'],
    ['more than 8 kB', async () => `Bearer ${'x'.repeat(9_000)}`],
    ['an unknown token', async () => 'Bearer service-three'],
    ['an expired token', async () => `Bearer ${await sign({ exp: now() - 60 })}`],
    ['a token without an end', async () => `Bearer ${await sign({ exp: undefined })}`],
    ['a token without a subject', async () => `Bearer ${await sign({ sub: undefined })}`],
    ['a subject with a line break', async () => `Bearer ${await sign({ sub: 'a\nb' })}`],
    ['a profile that is none', async () => `Bearer ${await sign({ profile_id: 'p' })}`],
    ['libraries that are none', async () => `Bearer ${await sign({ libraries: 'all' })}`],
    ['a library that is none', async () => `Bearer ${await sign({ libraries: ['A b'] })}`],
    [
      'more libraries than 100',
      async () => `Bearer ${await sign({ libraries: Array.from({ length: 101 }, (_, at) => `l${at}`) })}`,
    ],
    ['an age above 21', async () => `Bearer ${await sign({ rating_limit: 22 })}`],
    ['an age that is none', async () => `Bearer ${await sign({ rating_limit: null })}`],
    ['a time of issue that is none', async () => `Bearer ${await sign({ iat_ms: 0.5 })}`],
    ['the token of another issuer', async () => `Bearer ${await sign({ iss: 'others' })}`],
    ['a token for another audience', async () => `Bearer ${await sign({ aud: 'others' })}`],
    ['a key we do not know', async () => `Bearer ${await sign({}, { alg: 'EdDSA', kid: 'two' })}`],
    [
      'a shared secret in place of a key',
      async () =>
        `Bearer ${await sign({}, { alg: 'HS256', kid: 'one' }, new TextEncoder().encode('x'.repeat(32)))}`,
    ],
    [
      'no signature',
      async () => {
        const [, payload] = (await sign({})).split('.');
        return `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
      },
    ],
  ])('with %s does not hold, in demo mode neither', async (_, header) => {
    await expect(authenticate(await header())).rejects.toThrow(AuthenticationError);
    await expect(authenticate(await header(), { mode: 'demo' })).rejects.toThrow(AuthenticationError);
  });

  describe('seen before', () => {
    const authenticator = createAuthenticator(config);
    afterEach(() => {
      vi.useRealTimers();
    });

    it('still ends when its token does', async () => {
      vi.useFakeTimers({ toFake: ['Date'] });
      const header = `Bearer ${await sign({ exp: now() + 30 })}`;
      const seen = await authenticator.authenticate(header);
      expect(await authenticator.authenticate(header)).toEqual(seen);
      vi.setSystemTime(Date.now() + 36_000);
      await expect(authenticator.authenticate(header)).rejects.toThrow(AuthenticationError);
    });

    it('accepts no other signature, payload or issuer', async () => {
      const token = await sign({});
      await authenticator.authenticate(`Bearer ${token}`);
      const [head, payload, signature = ''] = token.split('.');
      const other = await sign({ sub: 'bob' });
      const changed = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
      for (const forged of [`${head}.${payload}.${changed}`, `${head}.${other.split('.')[1]}.${signature}`])
        await expect(authenticator.authenticate(`Bearer ${forged}`)).rejects.toThrow(AuthenticationError);
      await expect(authenticate(`Bearer ${token}`, { issuer: 'others' })).rejects.toThrow(
        AuthenticationError,
      );
    });
  });

  it('is not called invalid when the issuer cannot be reached', async () => {
    const token = await sign({});
    for (const jwksUrl of [
      'http://127.0.0.1:1/jwks.json',
      pathToFileURL(join(directory, 'none.json')).href,
    ]) {
      const verdict = authenticate(`Bearer ${token}`, { jwksUrl });
      await expect(verdict).rejects.toThrow('the keys of the issuer cannot be read');
      await expect(verdict).rejects.not.toBeInstanceOf(AuthenticationError);
    }
  });
});

describe('the configuration', () => {
  const read = (env: Record<string, string>) => authConfig(parseEnvironment(z.object(authVariables), env));

  it('refuses to sign everyone in where it is no trial', () => {
    expect(() => read({ NODE_ENV: 'production', AUTH_MODE: 'demo' })).toThrow(/AUTH_MODE is demo/);
    for (const weak of ['x', 'a token of many words', 'long-enough-token,short'])
      expect(() => read({ NODE_ENV: 'production', SERVICE_TOKENS: weak })).toThrow(/SERVICE_TOKENS has one/);
    expect(read({ SERVICE_TOKENS: 'x' }).serviceTokens).toEqual(['x']);
    expect(read({ NODE_ENV: 'production', SERVICE_TOKENS: 'x'.repeat(16) })).toMatchObject({
      production: true,
    });
    expect(read({ NODE_ENV: 'production' })).toMatchObject({ mode: 'jwt', production: true });
    expect(read({ AUTH_MODE: 'demo' })).toMatchObject({ mode: 'demo', production: false });
  });
});
