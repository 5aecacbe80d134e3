import { hostname } from 'node:os';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { findPlatform } from '../network/discovery.ts';

const TIMEOUT_MS = 10_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);
const REQUEST =
  'mutation ($input: RequestPeerInvitationInput!) { requestPeerInvitation(input: $input) { link } }';

const answerSchema = z.object({
  data: z.object({ requestPeerInvitation: z.object({ link: z.string() }) }).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

/** The name of a platform in the local network, such as `giggityflix.local`; null for any other text. */
export function localName(text: string): string | null {
  const [, name] = /^(?:https?:\/\/)?([a-z0-9-]+\.local)(?::\d+)?\/?$/i.exec(text.trim()) ?? [];
  return name?.toLowerCase() ?? null;
}

/**
 * Asks the platform of this network to let this machine in; the link of an invitation under which an operator has to
 * approve it.
 *
 * @throws Error in words for the owner.
 */
export async function askForAdmission(name: string, find = findPlatform): Promise<string> {
  const origins = await find(name);
  if (origins.length === 0)
    throw new Error(
      `nobody answers for ${name} in this network: is the platform shared, with "npm start -- --lan"?`,
    );
  let failure = new Error(`${name} does not answer`);
  for (const origin of origins) {
    try {
      return await request(origin);
    } catch (error) {
      failure = error as Error;
    }
  }
  throw failure;
}

async function request(origin: string): Promise<string> {
  const answer = answerSchema.safeParse(parsed(await send(new URL('/graphql', origin))));
  const { data, errors } = answer.data ?? {};
  const link = data?.requestPeerInvitation.link;
  if (link === undefined) throw new Error(errors?.[0]?.message ?? `${origin} gave no invitation`);
  return link;
}

/**
 * By HTTP, or by HTTPS where a platform leads there. Nothing is known yet of who signs for it, as in mDNS: what is
 * learnt here is only where to wait for an operator's approval.
 */
async function send(url: URL): Promise<string> {
  const isPlain = url.protocol === 'http:';
  const { request } = isPlain ? await import('node:http') : await import('node:https');
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error(`${url.origin} does not answer`));
    const call = request(
      url,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        timeout: TIMEOUT_MS,
        ...(isPlain ? {} : { rejectUnauthorized: false }),
      },
      (response) => {
        if (isPlain && REDIRECTS.has(response.statusCode ?? 0)) {
          response.resume();
          resolve(send(new URL(url.href.replace('http:', 'https:'))));
          return;
        }
        text(response).then(resolve, fail);
      },
    );
    call.on('error', fail);
    call.on('timeout', () => call.destroy());
    call.end(JSON.stringify({ query: REQUEST, variables: { input: { name: hostname().slice(0, 100) } } }));
  });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
