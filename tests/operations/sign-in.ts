import { createHash, randomBytes } from 'node:crypto';
import { createBrowser } from '../../subgraphs/identity/testing/browser.ts';

export const PASSWORD = 'correct horse battery staple';
const CLIENT_ID = 'giggityflix-page';

/** Follows the link of an invitation, and becomes `name`. */
export async function signUp(link: string, name: string): Promise<number> {
  const browser = createBrowser(new URL(link).origin);
  await browser.get(link);
  return (await browser.submit('/password', { name, login: name, password: PASSWORD })).status;
}

/** Signs in as the page does: code flow with PKCE. Resolves to the access token. */
export async function signIn(issuer: string, page: string, login: string): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const browser = createBrowser(issuer);
  const answer = await browser.get(
    `${issuer}/authorize?${new URLSearchParams({
      client_id: CLIENT_ID,
      redirect_uri: page,
      response_type: 'code',
      scope: 'openid profile',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state: 'state',
    })}`,
  );
  const { location, text } = answer.location
    ? answer
    : await browser.submit('/password', { login, password: PASSWORD });
  const code = location && new URL(location).searchParams.get('code');
  if (!code) throw new Error(`not signed in: ${location ?? text}`);
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { origin: new URL(page).origin },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: CLIENT_ID,
      redirect_uri: page,
      code,
      code_verifier: verifier,
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  if (!token) throw new Error(`no token: ${response.status}`);
  return token;
}
