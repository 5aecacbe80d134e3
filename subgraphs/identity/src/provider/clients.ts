import { readFileSync } from 'node:fs';
import { bearerTokenProblem } from '@giggityflix/kernel';
import { z } from 'zod';

/** The client of the page that the gateway serves. */
export const PAGE_CLIENT_ID = 'giggityflix-page';

/** The client of the pages of one's own account: it signs in at this service, and gets no tokens. */
export const ACCOUNT_CLIENT_ID = 'giggityflix-account';

export function accountClient(issuer: string): Client {
  return {
    kind: 'app',
    id: ACCOUNT_CLIENT_ID,
    name: 'your account',
    redirect_uris: [`${issuer}/account/signed-in`],
  };
}

const id = z.string().regex(/^[\x21-\x7e]{1,100}$/, 'expected printable ASCII without spaces');
const name = z.string().trim().min(1).max(60);

const clientsFile = z.array(
  z.discriminatedUnion('kind', [
    z.strictObject({
      /** Runs at its users, and has no secret. */
      kind: z.literal('app'),
      id,
      name,
      redirect_uris: z.array(z.string()).default([]),
    }),
    z.strictObject({
      /** Gets tokens of its own. */
      kind: z.literal('backend'),
      id,
      name,
      secret: z.string(),
      roles: z
        .array(z.enum(['viewer', 'operator']))
        .min(1)
        .default(['viewer']),
    }),
  ]),
);

export type Client = z.output<typeof clientsFile>[number];

/** @throws Error that says what is wrong with the file; secrets are never repeated. */
export function readClients(path: string): Client[] {
  const parsed = clientsFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}

/** What is wrong with the clients together. */
export function clientProblems(clients: readonly Client[], audience: string): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const client of clients) {
    if (seen.has(client.id)) problems.push(`the client ${client.id} is there twice`);
    seen.add(client.id);
    // Its ID tokens, which say who someone is, would pass as access tokens.
    if (client.id === audience) problems.push(`the client ${client.id} has the name of AUTH_AUDIENCE`);
    if (client.kind === 'backend') {
      const weakness = bearerTokenProblem(client.secret);
      if (weakness) problems.push(`the secret of the client ${client.id} ${weakness}`);
    } else
      for (const uri of client.redirect_uris) {
        const problem = redirectProblem(uri);
        if (problem) problems.push(`${JSON.stringify(uri)} of the client ${client.id} ${problem}`);
      }
  }
  return problems;
}

/** Schemes that a browser or a system runs or shows instead of passing them to an application. */
const UNSAFE_SCHEMES =
  /^(javascript|data|vbscript|blob|file|about|view-source|ws|wss|ftp|mailto|tel|sms|intent|content):$/;

/** Why an address cannot be where codes are sent; null when it can. */
export function redirectProblem(uri: string): string | null {
  const url = URL.parse(uri);
  if (!url) return 'is no address';
  if (UNSAFE_SCHEMES.test(url.protocol))
    return `begins with ${url.protocol}, which no application has to itself`;
  if (uri.includes('#')) return 'has a fragment';
  if (url.username || url.password) return 'has credentials';
  if (uri.includes('*')) return 'has an asterisk: addresses are compared as a whole';
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  // RFC 8252, section 7.1: such a scheme is the reversed name of a domain.
  return isWeb || url.protocol.includes('.')
    ? null
    : 'has a scheme without a dot, which others may have, too';
}

/** Where browsers go after a form of ours: the origins, or schemes, of all redirects. */
export function redirectTargets(clients: readonly Client[]): string[] {
  const uris = clients.flatMap((client) => (client.kind === 'app' ? client.redirect_uris : []));
  return [...new Set(uris.map((uri) => originOf(uri)))];
}

/** The origins of pages that ask for tokens themselves. */
export function pageOrigins(client: Client): string[] {
  return client.kind === 'app'
    ? client.redirect_uris.filter((uri) => /^https?:/.test(uri)).map((uri) => new URL(uri).origin)
    : [];
}

function originOf(uri: string): string {
  const { origin, protocol } = new URL(uri);
  return origin === 'null' ? protocol : origin;
}
