import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'undici';

export const PASSWORD = 'correct horse battery staple';
const REDIRECT_URI = 'http://localhost:4000/';
const CLIENT_ID = 'giggityflix-page';

export interface Tokens {
  access_token: string;
  refresh_token: string;
}

/** What a browser sends to sign someone in at the page: five requests, of which one has the password. */
export async function signIn(pool: Pool, login: string, address: string): Promise<Tokens> {
  const cookies = new Map<string, string>();
  const send = async (method: 'GET' | 'POST', path: string, fields?: Record<string, string>) => {
    const answer = await pool.request({
      method,
      path,
      headers: {
        'x-forwarded-for': address,
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(fields && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(fields && { body: new URLSearchParams(fields).toString() }),
    });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const text = await answer.body.text();
    return { text, status: answer.statusCode, location: String(answer.headers.location ?? '') };
  };
  const pathOf = (location: string) => {
    const { pathname, search } = new URL(location, 'http://localhost');
    return pathname + search;
  };
  const verifier = randomBytes(32).toString('base64url');
  const asked = await send(
    'GET',
    `/authorize?${new URLSearchParams({
      client_id: CLIENT_ID,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid profile',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state: 's',
    })}`,
  );
  const form = await send('GET', pathOf(asked.location));
  const [, token = ''] = /name="form_token" value="([^"]+)"/.exec(form.text) ?? [];
  const fields = { form_token: token, login, password: PASSWORD };
  const given = await send('POST', `${pathOf(asked.location)}/password`, fields);
  if (given.status !== 303) throw new Error(`the password was answered with ${given.status}`);
  const done = await send('GET', pathOf(given.location));
  const code = new URL(done.location).searchParams.get('code') ?? '';
  return exchange(pool, address, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
  });
}

export function refresh(pool: Pool, { refresh_token }: Tokens, address: string): Promise<Tokens> {
  return exchange(pool, address, { grant_type: 'refresh_token', refresh_token });
}

async function exchange(pool: Pool, address: string, fields: Record<string, string>): Promise<Tokens> {
  const answer = await pool.request({
    method: 'POST',
    path: '/token',
    headers: { 'x-forwarded-for': address, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id: CLIENT_ID, ...fields }).toString(),
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`tokens were refused: ${answer.statusCode} ${text}`);
  return JSON.parse(text);
}
