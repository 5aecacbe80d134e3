import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../../accounts/account.ts';
import type { Accounts } from '../../accounts/accounts.ts';
import { ACCOUNT_CLIENT_ID } from '../../provider/clients.ts';
import type { OpenIdProvider } from '../../provider/provider.ts';
import { type Forms, formOf } from '../forms.ts';
import { type Html, page } from '../html.ts';

/** How old the sign-in of someone who changes an account may be, in seconds: a browser left open is nobody's key. */
const FRESH_S = 900;

/** Someone at the pages of their own account. */
export interface Visit {
  request: FastifyRequest;
  reply: FastifyReply;
  account: Account;
  /** The hidden field of forms. */
  token: Html;
  fields: Readonly<Record<string, string | undefined>>;
  address: string;
  /** The devices that this browser is. */
  ownDevices: ReadonlySet<string>;
  send(content: { title: string; body: Html; script?: boolean; status?: number }): FastifyReply;
  /** Back to the page of the account, with a word of what was done. */
  done(what: string): FastifyReply;
}

/** What the pages of an account share: who is there, since when, and how they answer. */
export function createVisits(deps: {
  provider: OpenIdProvider;
  accounts: Accounts;
  forms: Forms;
  issuer: string;
  headers: Readonly<Record<string, string>>;
  addressOf(request: FastifyRequest): string;
}) {
  const { provider, accounts, forms, headers } = deps;
  const find = async (request: FastifyRequest, reply: FastifyReply): Promise<Account | null> => {
    const session = await provider.session(request.raw, reply.raw);
    if (!session || Date.now() / 1_000 - session.signedInAt > FRESH_S) return null;
    const account = await accounts.find(session.accountId);
    return account?.state === 'closed' ? null : account;
  };
  const signInAddress = () =>
    `/authorize?${new URLSearchParams({
      client_id: ACCOUNT_CLIENT_ID,
      redirect_uri: `${deps.issuer}/account/signed-in`,
      response_type: 'code',
      scope: 'openid',
      max_age: String(FRESH_S),
      // The code is never used: the session of the browser is all that is asked for.
      code_challenge: randomBytes(32).toString('base64url'),
      code_challenge_method: 'S256',
      state: randomBytes(16).toString('base64url'),
    })}`;
  return {
    isSignedIn: async (request: FastifyRequest, reply: FastifyReply) => (await find(request, reply)) !== null,
    /** Answers with `answer` whoever signed in lately, and sends others to sign in. */
    visit:
      (answer: (visit: Visit) => Promise<FastifyReply>) =>
      async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
        const account = await find(request, reply);
        if (!account) return reply.header('cache-control', 'no-store').redirect(signInAddress(), 303);
        const session = await provider.session(request.raw, reply.raw);
        return answer({
          request,
          reply,
          account,
          token: forms.field(request, reply),
          fields: formOf(request),
          address: deps.addressOf(request),
          ownDevices: new Set(session?.devices),
          send: ({ status = 200, title, body, script = false }) =>
            reply
              .code(status)
              .headers(headers)
              .send(page({ title, body, script, isWide: true })),
          done: (what) =>
            reply.header('cache-control', 'no-store').redirect(`/account?done=${what}#note`, 303),
        });
      },
  };
}

export type Visits = ReturnType<typeof createVisits>;
