import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { discover } from './provider.ts';

const PAGE = 'http://localhost:4000/';
let server: Server;
let issuer: string;
/** By how many seconds the provider's clock is before the browser's. */
let aheadS = 0;
/** What it says of itself otherwise. */
let otherwise: object = {};
let nonce: string | undefined;

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const idToken = () => {
  const iat = Math.floor(Date.now() / 1_000) + aheadS;
  const claims = { iss: issuer, aud: 'page', sub: 'anna', iat, exp: iat + 300, nonce };
  return `${encoded({ alg: 'RS256' })}.${encoded(claims)}.${Buffer.from('signed').toString('base64url')}`;
};

beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/openid-configuration')
      response.end(
        JSON.stringify({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          ...otherwise,
        }),
      );
    else
      response.end(
        JSON.stringify({
          access_token: 'access',
          refresh_token: 'refresh',
          id_token: idToken(),
          token_type: 'bearer',
          expires_in: 300,
        }),
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it.each([0, 3_600, -3_600, -7_200, 365 * 86_400])(
  'signs in and refreshes in a browser whose clock is %i seconds behind the provider’s',
  async (seconds) => {
    aheadS = seconds;
    const provider = await discover({ issuer, clientId: 'page', scope: 'openid', resource: null }, PAGE);
    const { pending } = provider.begin('/');
    ({ nonce } = pending);
    const before = Date.now();
    const tokens = await provider.finish(new URL(`${PAGE}?code=x&state=${pending.state}`), pending);
    nonce = undefined;
    const refreshed = await provider.refresh(tokens);
    // The browser's own clock says when they end.
    for (const { accessToken, expiresAt } of [tokens, refreshed]) {
      expect(accessToken).toBe('access');
      expect(expiresAt).toBeGreaterThanOrEqual(before + 300_000);
    }
  },
);

it.each([
  'javascript:alert(1)//',
  'JAVASCRIPT:alert(1)',
  'data:text/html,x',
  'blob:x',
  '//evil.example',
  'x',
])('leads nobody to %s, whatever a provider says of itself', async (address) => {
  otherwise = { authorization_endpoint: address, end_session_endpoint: address };
  const provider = await discover({ issuer, clientId: 'page', scope: 'openid', resource: null }, PAGE);
  otherwise = {};
  expect(() => provider.begin('#/')).toThrow('authorization_endpoint');
  const tokens = { accessToken: 'a', refreshToken: null, idToken: null, expiresAt: 0 };
  await expect(provider.signOut(tokens)).rejects.toThrow('end_session_endpoint');
});
