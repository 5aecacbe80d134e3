import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthenticator } from '@giggityflix/http';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser } from '../../testing/browser.ts';
import { PASSWORD, REDIRECT_URI, startIdentity, type TestIdentity } from '../../testing/harness.ts';
import { PAGE_CLIENT_ID } from './clients.ts';

const BACKEND_SECRET = 'a-secret-of-the-reports';
const folder = mkdtempSync(join(tmpdir(), 'identity-clients-'));
let identity: TestIdentity;
let page: client.Configuration;
let accountId: string;
beforeAll(async () => {
  const clientsPath = join(folder, 'clients.json');
  const reports = {
    kind: 'backend',
    id: 'reports',
    name: 'Reports',
    secret: BACKEND_SECRET,
    roles: ['operator'],
  };
  writeFileSync(clientsPath, JSON.stringify([reports]));
  identity = await startIdentity({ CLIENTS_PATH: clientsPath });
  accountId = (await identity.person('anna', { role: 'owner' })).id;
  page = await discover(PAGE_CLIENT_ID);
});
afterAll(async () => {
  await identity.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const discover = (id: string, secret?: string) =>
  client.discovery(new URL(identity.issuer), id, secret, secret ? undefined : client.None(), {
    execute: [client.allowInsecureRequests],
  });

/** A strict client's request to sign in. */
async function newRequest(more: Record<string, string> = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(page, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  });
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
  return { url: url.href, checks };
}

/** Signs someone in with a password; gives where the browser was sent. */
async function signIn(browser: Browser, url: string, password = PASSWORD): Promise<URL> {
  const first = await browser.get(url);
  if (first.location) return new URL(first.location);
  const after = await browser.submit('/password', { login: 'Anna', password });
  expect(after.location, after.text).not.toBeNull();
  return new URL(after.location!);
}

async function newTokens(browser = createBrowser(identity.issuer)) {
  const { url, checks } = await newRequest();
  return client.authorizationCodeGrant(page, await signIn(browser, url), checks);
}

const refused = (code: string) => expect.objectContaining({ error: code });
/** What the client's library finds wrong with an answer. */
const because = (pattern: RegExp) =>
  expect.objectContaining({ cause: expect.objectContaining({ message: expect.stringMatching(pattern) }) });
const refresh = (token: string | undefined) => client.refreshTokenGrant(page, token!);
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());

describe('discovery', () => {
  it('names what a strict client needs, at the addresses of the issuer', () => {
    const metadata = page.serverMetadata();
    expect(metadata).toMatchObject({
      issuer: identity.issuer,
      jwks_uri: `${identity.issuer}/.well-known/jwks.json`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      id_token_signing_alg_values_supported: ['ES256'],
    });
    for (const endpoint of ['authorization', 'token', 'revocation', 'end_session', 'device_authorization'])
      expect(metadata[`${endpoint}_endpoint`]).toMatch(new RegExp(`^${identity.issuer}/`));
  });

  it('publishes public keys alone', async () => {
    const { keys } = (await (await fetch(`${identity.issuer}/.well-known/jwks.json`)).json()) as {
      keys: Record<string, string>[];
    };
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0]!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });
});

describe('the code flow', () => {
  it('gives a token that the platform takes by the keys, the issuer and the audience alone', async () => {
    const tokens = await newTokens();
    const authenticator = createAuthenticator({
      mode: 'jwt',
      jwksUrl: `${identity.issuer}/.well-known/jwks.json`,
      issuer: identity.issuer,
      audience: 'giggityflix',
      serviceTokens: [],
      production: true,
    });
    expect(await authenticator.authenticate(`Bearer ${tokens.access_token}`)).toMatchObject({
      userId: accountId,
      roles: ['viewer', 'operator'],
    });
    expect(tokens.claims()).toMatchObject({ sub: accountId, name: 'anna', preferred_username: 'anna' });
    await expect(authenticator.authenticate(`Bearer ${tokens.id_token}`)).rejects.toThrow(/credentials|aud/);
    const [device] = await identity.stores.devices.listOf(accountId);
    expect(claimsOf(tokens.access_token).device_id).toBe(device?.id);
  });

  it('sends nobody to an address that is not listed as a whole', async () => {
    for (const uri of [
      `${REDIRECT_URI}/`,
      `${REDIRECT_URI}?x=1`,
      'http://localhost:4000/',
      'http://localhost:4001/signed-in',
      'https://evil.example/signed-in',
      'javascript:alert(1)//',
      'data:text/html,x',
    ]) {
      const { url } = await newRequest({ redirect_uri: uri });
      const answer = await createBrowser(identity.issuer).get(url);
      expect([uri, answer.status, answer.location]).toEqual([uri, 400, null]);
      expect(answer.text).toContain('an address that it may not use');
    }
  });

  it('refuses a request without PKCE, or with a plain one', async () => {
    const { url } = await newRequest();
    for (const change of [
      (params: URLSearchParams) => {
        params.delete('code_challenge');
        params.delete('code_challenge_method');
      },
      (params: URLSearchParams) => params.set('code_challenge_method', 'plain'),
    ]) {
      const changed = new URL(url);
      change(changed.searchParams);
      const { location } = await createBrowser(identity.issuer).get(changed.href);
      expect(new URL(location!).searchParams.get('error')).toBe('invalid_request');
      expect(location).toMatch(/^http:\/\/localhost:4000\/signed-in\?/);
    }
  });

  it('refuses a code with another verifier, and one of another client', async () => {
    const { url, checks } = await newRequest();
    const callback = await signIn(createBrowser(identity.issuer), url);
    const other = { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
    await expect(client.authorizationCodeGrant(page, callback, other)).rejects.toEqual(
      refused('invalid_grant'),
    );
  });

  it('takes a code once; used again, it takes back what it gave', async () => {
    const { url, checks } = await newRequest();
    const callback = await signIn(createBrowser(identity.issuer), url);
    const tokens = await client.authorizationCodeGrant(page, callback, checks);
    await expect(client.authorizationCodeGrant(page, callback, checks)).rejects.toEqual(
      refused('invalid_grant'),
    );
    await expect(refresh(tokens.refresh_token)).rejects.toEqual(refused('invalid_grant'));
  });

  it('gives tokens to one of several that use a code at once', async () => {
    const { url, checks } = await newRequest();
    const callback = await signIn(createBrowser(identity.issuer), url);
    const results = await Promise.allSettled(
      [1, 2, 3].map(() => client.authorizationCodeGrant(page, callback, checks)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
  });

  it('lets a strict client notice an answer that is not to its question, or not from us', async () => {
    const [one, other] = [await newRequest(), await newRequest()];
    const callback = await signIn(createBrowser(identity.issuer), one.url);
    await expect(client.authorizationCodeGrant(page, callback, other.checks)).rejects.toEqual(
      because(/"state"/),
    );
    const foreign = new URL(callback);
    foreign.searchParams.set('iss', 'https://evil.example');
    await expect(client.authorizationCodeGrant(page, foreign, one.checks)).rejects.toEqual(because(/"iss"/));
  });

  it('says that nobody signed in to a client that does not want to ask', async () => {
    const { url } = await newRequest({ prompt: 'none' });
    const { location } = await createBrowser(identity.issuer).get(url);
    expect(new URL(location!).searchParams.get('error')).toBe('login_required');
  });

  it('asks nobody for consent, as clients do that want to stay signed in', async () => {
    const browser = createBrowser(identity.issuer);
    for (const _time of ['first', 'second']) {
      const { url, checks } = await newRequest({ prompt: 'consent', scope: 'openid profile offline_access' });
      const tokens = await client.authorizationCodeGrant(page, await signIn(browser, url), checks);
      expect(tokens.refresh_token).toBeTypeOf('string');
    }
  });

  it('goes on without a question where someone is signed in, as the same device', async () => {
    const browser = createBrowser(identity.issuer);
    const first = await newTokens(browser);
    const { url, checks } = await newRequest({ prompt: 'none' });
    const second = await client.authorizationCodeGrant(page, await signIn(browser, url), checks);
    expect(claimsOf(second.access_token).device_id).toBe(claimsOf(first.access_token).device_id);
  });

  it('gives no tokens for anything but the platform', async () => {
    const { url } = await newRequest({ resource: 'https://else.example' });
    const { location } = await createBrowser(identity.issuer).get(url);
    expect(new URL(location!).searchParams.get('error')).toBe('invalid_target');
  });

  it('lets pages of its clients ask for tokens, and no others', async () => {
    const ask = (origin: string) =>
      fetch(`${identity.issuer}/token`, {
        method: 'POST',
        headers: { origin },
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: PAGE_CLIENT_ID,
          refresh_token: 'x',
        }),
      });
    const own = await ask('http://localhost:4000');
    expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([
      400,
      'http://localhost:4000',
    ]);
    const foreign = await ask('https://evil.example');
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });
});

describe('refresh tokens', () => {
  it('are replaced at each use; an old one ends the whole grant', async () => {
    const tokens = await newTokens();
    const second = await refresh(tokens.refresh_token);
    expect(second.refresh_token).not.toBe(tokens.refresh_token);
    const third = await refresh(second.refresh_token);
    await expect(refresh(tokens.refresh_token)).rejects.toEqual(refused('invalid_grant'));
    await expect(refresh(third.refresh_token)).rejects.toEqual(refused('invalid_grant'));
    await expect
      .poll(async () =>
        (await identity.stores.audit.list({ accountId, first: 50, before: null })).map((e) => e.action),
      )
      .toContain('refresh_token_reused');
  });

  it('go to one of several that use one at once', async () => {
    const { refresh_token } = await newTokens();
    const results = await Promise.allSettled([1, 2, 3].map(() => refresh(refresh_token)));
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
  });

  it('end when they are revoked, with the device, with sign-out everywhere, and with the account', async () => {
    const address = '127.0.0.1';
    const ways: Record<string, (tokens: Awaited<ReturnType<typeof newTokens>>) => Promise<unknown>> = {
      revoked: ({ refresh_token }) => client.tokenRevocation(page, refresh_token!),
      device: ({ access_token }) =>
        identity.access.revokeDevice({ accountId, deviceId: claimsOf(access_token).device_id, address }),
      everywhere: () => identity.access.signOutEverywhere(accountId, address),
    };
    for (const [way, end] of Object.entries(ways)) {
      const browser = createBrowser(identity.issuer);
      const tokens = await newTokens(browser);
      await end(tokens);
      await expect(refresh(tokens.refresh_token), way).rejects.toEqual(refused('invalid_grant'));
      if (way === 'revoked') continue;
      const { url } = await newRequest({ prompt: 'none' });
      const { location } = await browser.get(url);
      expect(new URL(location!).searchParams.get('error'), way).toBe('login_required');
    }
  });

  it('are refused for an account that was closed', async () => {
    const { id } = await identity.person('closing');
    const browser = createBrowser(identity.issuer);
    const { url, checks } = await newRequest();
    await browser.get(url);
    const { location } = await browser.submit('/password', { login: 'closing', password: PASSWORD });
    const tokens = await client.authorizationCodeGrant(page, new URL(location!), checks);
    expect(claimsOf(tokens.access_token).roles).toEqual(['viewer']);
    await identity.access.changeAccount({
      id,
      change: { state: 'closed' },
      by: accountId,
      address: '127.0.0.1',
    });
    await expect(refresh(tokens.refresh_token)).rejects.toEqual(refused('invalid_grant'));
    await browser.get(url);
    const again = await browser.submit('/password', { login: 'closing', password: PASSWORD });
    expect(again.status).toBe(401);
  });
});

describe('signing out', () => {
  it('ends the session and its tokens, and goes back to the client', async () => {
    const browser = createBrowser(identity.issuer);
    const tokens = await newTokens(browser);
    const url = client.buildEndSessionUrl(page, {
      id_token_hint: tokens.id_token!,
      post_logout_redirect_uri: REDIRECT_URI,
      state: 'bye',
    });
    expect((await browser.get(url.href)).text).toContain('Sign out on all devices');
    const after = await browser.submit('/sign-out/confirm', { logout: 'yes' });
    expect(after.location).toBe(`${REDIRECT_URI}?state=bye`);
    await expect(refresh(tokens.refresh_token)).rejects.toEqual(refused('invalid_grant'));
  });

  it('ends what other devices have, too, when asked to', async () => {
    const [browser, other] = [createBrowser(identity.issuer), await newTokens()];
    await newTokens(browser);
    await browser.get(`${identity.issuer}/sign-out`);
    expect((await browser.submit('/sign-out/confirm', { logout: 'everywhere' })).text).toContain(
      'signed out',
    );
    await expect(refresh(other.refresh_token)).rejects.toEqual(refused('invalid_grant'));
    expect(await identity.stores.devices.listOf(accountId)).toEqual([]);
  });

  it('refuses to go to an address that is not listed', async () => {
    const browser = createBrowser(identity.issuer);
    await newTokens(browser);
    const answer = await browser.get(
      `${identity.issuer}/sign-out?client_id=${PAGE_CLIENT_ID}&post_logout_redirect_uri=javascript:alert(1)`,
    );
    expect([answer.status, answer.location]).toEqual([400, null]);
  });
});

describe('client credentials', () => {
  it('are for backends, which get tokens of their own with their roles', async () => {
    const backend = await discover('reports', BACKEND_SECRET);
    const { access_token, refresh_token } = await client.clientCredentialsGrant(backend);
    expect(refresh_token).toBeUndefined();
    expect(claimsOf(access_token)).toMatchObject({ sub: 'reports', roles: ['operator'], aud: 'giggityflix' });
    const wrong = await discover('reports', 'another-secret-of-that-length');
    await expect(client.clientCredentialsGrant(wrong)).rejects.toEqual(refused('invalid_client'));
    await expect(client.clientCredentialsGrant(page)).rejects.toEqual(refused('invalid_request'));
  });
});

describe('device authorization', () => {
  const start = () => client.initiateDeviceAuthorization(page, { scope: 'openid' });
  const poll = (started: Awaited<ReturnType<typeof start>>) =>
    client.genericGrantRequest(page, 'urn:ietf:params:oauth:grant-type:device_code', {
      device_code: started.device_code,
    });

  it('signs a TV in by the code that a phone was given, as a device of its own', async () => {
    const phone = createBrowser(identity.issuer);
    const own = await newTokens(phone);
    const started = await start();
    expect(started.user_code).toMatch(/^[B-Z]{4}-[B-Z]{4}$/);
    await expect(poll(started)).rejects.toEqual(refused('authorization_pending'));

    const prefilled = await phone.get(started.verification_uri_complete!);
    expect(prefilled.text).toContain(`value="${started.user_code}"`);
    expect(prefilled.text).not.toContain('<script>');
    const asked = await phone.submit('/device', { user_code: started.user_code.toLowerCase() });
    expect(asked.text).toContain('Is this your device?');
    expect(asked.text).toContain(started.user_code);
    expect((await phone.submit('/device', { confirm: 'yes' })).text).toContain('Your device is signed in');

    const tv = await poll(started);
    expect(claimsOf(tv.access_token)).toMatchObject({ sub: accountId, roles: ['viewer', 'operator'] });
    const [tvDevice, phoneDevice] = [tv, own].map(({ access_token }) => claimsOf(access_token).device_id);
    expect(tvDevice).not.toBe(phoneDevice);
    await expect(poll(started)).rejects.toEqual(refused('invalid_grant'));

    const fresh = await start();
    await phone.get(fresh.verification_uri);
    await phone.submit('/device', { user_code: fresh.user_code });
    await phone.submit('/device', { confirm: 'yes' });
    const second = await poll(fresh);
    const address = '127.0.0.1';
    await identity.access.revokeDevice({
      accountId,
      deviceId: claimsOf(second.access_token).device_id,
      address,
    });
    await expect(refresh(second.refresh_token)).rejects.toEqual(refused('invalid_grant'));
    const { refresh_token } = await refresh(own.refresh_token);
    expect(refresh_token).toBeTypeOf('string');
  });

  it('asks a phone that is not signed in to sign in first', async () => {
    const started = await start();
    const phone = createBrowser(identity.issuer);
    await phone.get(started.verification_uri);
    await phone.submit('/device', { user_code: started.user_code });
    expect((await phone.submit('/device', { confirm: 'yes' })).text).toContain('<h1>Sign in</h1>');
    const done = await phone.submit('/password', { login: 'anna', password: PASSWORD });
    expect(done.text).toContain('Your device is signed in');
    expect(claimsOf((await poll(started)).access_token).sub).toBe(accountId);
  });

  it('says to the device that someone said no', async () => {
    const started = await start();
    const phone = createBrowser(identity.issuer);
    await newTokens(phone);
    await phone.get(started.verification_uri);
    await phone.submit('/device', { user_code: started.user_code });
    expect((await phone.submit('/device', { abort: 'yes' })).text).toContain('was not signed in');
    await expect(poll(started)).rejects.toEqual(refused('access_denied'));
  });

  it('shows the link as a QR code, of codes alone', async () => {
    const started = await start();
    const picture = await fetch(`${identity.issuer}/device/qr?user_code=${started.user_code}`);
    expect(picture.headers.get('content-type')).toContain('image/svg+xml');
    expect(await picture.text()).toMatch(/^<svg/);
    for (const code of ['', 'AAAA-AAAA', '"><script>', 'x'.repeat(10_000)])
      expect((await fetch(`${identity.issuer}/device/qr?user_code=${encodeURIComponent(code)}`)).status).toBe(
        400,
      );
  });

  it('slows down who guesses codes', async () => {
    const phone = createBrowser(identity.issuer);
    await phone.get(`${identity.issuer}/device`);
    const statuses: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      const { status, text, headers } = await phone.submit('/device', { user_code: 'BBBB-BBBB' });
      statuses.push(status);
      if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      else expect(text).toContain('There is no such code');
      if (status === 429) break;
    }
    expect(statuses.at(-1)).toBe(429);
  });
});
