import { PAGE_CLIENT_ID } from '../src/provider/clients.ts';
import { REDIRECT_URI } from './harness.ts';

/** Where the page sends someone to sign in; nobody exchanges the code. */
export const authorizeUrl = (issuer: string, more: Readonly<Record<string, string>> = {}): string =>
  `${issuer}/authorize?${new URLSearchParams({
    client_id: PAGE_CLIENT_ID,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
    state: 's',
    ...more,
  })}`;
