import * as client from 'openid-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authorizeUrl } from '../../testing/authorize.ts';
import { createBrowser } from '../../testing/browser.ts';
import { PASSWORD, REDIRECT_URI, startIdentity, type TestIdentity } from '../../testing/harness.ts';
import { PAGE_CLIENT_ID } from './clients.ts';

let identity: TestIdentity;
let refreshToken: string;
const verifier = client.randomPKCECodeVerifier();
beforeAll(async () => {
  identity = await startIdentity();
  await identity.person('anna');
  const browser = createBrowser(identity.issuer);
  await browser.get(await authorize());
  const { location } = await browser.submit('/password', { login: 'anna', password: PASSWORD });
  const code = new URL(location!).searchParams.get('code')!;
  const body = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
  };
  const tokens = (await (await post('/token', body)).json()) as { refresh_token: string };
  refreshToken = tokens.refresh_token;
  await identity.stores.stop();
});
afterAll(() => identity.dispose());

const authorize = async () =>
  authorizeUrl(identity.issuer, {
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    state: 'the state',
  });

function post(path: string, fields: Record<string, string>) {
  const body = new URLSearchParams({ client_id: PAGE_CLIENT_ID, ...fields });
  return fetch(`${identity.issuer}${path}`, { method: 'POST', body });
}

it.each([
  ['/token', () => ({ grant_type: 'refresh_token', refresh_token: refreshToken })],
  [
    '/token',
    () => ({
      grant_type: 'authorization_code',
      code: 'x',
      redirect_uri: REDIRECT_URI,
      code_verifier: verifier,
    }),
  ],
  ['/token/revocation', () => ({ token: refreshToken })],
  ['/device/authorize', () => ({ scope: 'openid' })],
])(
  'answers 503 at %s while the database cannot be reached, as the protocol has errors',
  async (path, fields) => {
    const answer = await post(path, fields());
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await answer.json()).toMatchObject({
      error: 'temporarily_unavailable',
      error_description: expect.stringContaining('cannot be reached'),
    });
  },
);

it('sends a browser back to its application with an error that passes', async () => {
  const { location } = await createBrowser(identity.issuer).get(await authorize());
  const answer = new URL(location ?? 'http://nowhere');
  expect(Object.fromEntries(answer.searchParams)).toMatchObject({
    error: 'temporarily_unavailable',
    state: 'the state',
    iss: identity.issuer,
  });
});

it('keeps discovery and keys', async () => {
  for (const path of ['/.well-known/openid-configuration', '/.well-known/jwks.json'])
    expect((await fetch(`${identity.issuer}${path}`)).status).toBe(200);
});
