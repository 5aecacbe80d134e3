import * as client from 'openid-client';
import { PAGE_CLIENT_ID } from '../src/provider/clients.ts';
import { type Browser, createBrowser } from './browser.ts';
import { PASSWORD, REDIRECT_URI, type TestIdentity } from './harness.ts';

/** A device on which someone is signed in. */
export interface SignedIn {
  token(): string;
  claims(): Record<string, unknown>;
  idClaims(): Record<string, unknown>;
  /** Gets new tokens, as a page does when its own are about to end. */
  refresh(): Promise<void>;
}

/** Signs someone in to the page, in a browser of their own. */
export async function signInTo(
  { issuer }: Pick<TestIdentity, 'issuer'>,
  login: string,
  browser: Browser = createBrowser(issuer),
): Promise<SignedIn> {
  const page = await client.discovery(new URL(issuer), PAGE_CLIENT_ID, undefined, client.None(), {
    execute: [client.allowInsecureRequests],
  });
  const [verifier, state] = [client.randomPKCECodeVerifier(), client.randomState()];
  const url = client.buildAuthorizationUrl(page, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  });
  let after = await browser.get(url.href);
  if (!after.location) after = await browser.submit('/password', { login, password: PASSWORD });
  if (!after.location) throw new Error(`not signed in: ${after.text}`);
  let tokens: client.TokenEndpointResponse = await client.authorizationCodeGrant(
    page,
    new URL(after.location),
    {
      pkceCodeVerifier: verifier,
      expectedState: state,
    },
  );
  return {
    token: () => tokens.access_token,
    claims: () => claimsOf(tokens.access_token),
    idClaims: () => claimsOf(tokens.id_token!),
    async refresh() {
      tokens = await client.refreshTokenGrant(page, tokens.refresh_token!);
    },
  };
}

export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
}
