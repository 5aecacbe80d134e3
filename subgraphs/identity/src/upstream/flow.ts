import { createHash } from 'node:crypto';
import type { Logger } from '@giggityflix/kernel';
import type { ProviderRecords } from '../records/records.ts';
import { type Answer, type Checks, createUpstreamClient } from './client.ts';
import type { UpstreamProvider } from './providers.ts';

const KIND = 'UpstreamRequest';
/** How long someone may take at the other provider, in milliseconds. */
const LIFETIME_MS = 15 * 60_000;

/** What someone went to another provider for. */
export type Purpose =
  | { kind: 'sign_in'; interaction: string }
  | { kind: 'link'; linkTo: string }
  /** The secret of the invitation is sealed. */
  | { kind: 'sign_up'; invitation: string };

export type Beginning =
  | { outcome: 'redirect'; location: string; provider: UpstreamProvider }
  | { outcome: 'unavailable'; provider: UpstreamProvider }
  | { outcome: 'unknown' };

export type Ending = { provider: UpstreamProvider; purpose: Purpose } & Answer;

/** Going to another provider and coming back, in one browser, once. */
export interface UpstreamFlow {
  readonly providers: readonly UpstreamProvider[];
  /** `browser` is a secret of the browser that goes. */
  begin(request: { providerId: string; purpose: Purpose; browser: string }): Promise<Beginning>;
  /** Null for an answer to nothing that this browser asked of this provider, or that came before. */
  end(request: { providerId: string; search: string; browser: string | null }): Promise<Ending | null>;
}

export function createUpstreamFlow(deps: {
  providers: readonly UpstreamProvider[];
  /** Of this service. */
  issuer: string;
  records: ProviderRecords;
  logger: Logger;
  clock?: () => number;
}): UpstreamFlow {
  const { providers, records, logger, clock = Date.now } = deps;
  const clients = new Map(
    providers.map((provider) => [
      provider.id,
      {
        provider,
        client: createUpstreamClient(provider, (err) =>
          logger.warn({ err, provider: provider.id }, 'another OpenID provider cannot be reached'),
        ),
      },
    ]),
  );
  const redirectUri = (id: string) => `${deps.issuer}/upstream/${id}/callback`;
  return {
    providers,
    async begin({ providerId, purpose, browser }) {
      const known = clients.get(providerId);
      if (!known) return { outcome: 'unknown' };
      const { provider, client } = known;
      const started = await client.start(redirectUri(providerId));
      if (!started) return { outcome: 'unavailable', provider };
      await records.put(
        { kind: KIND, id: digest(started.checks.state) },
        {
          payload: { providerId, purpose, browser: digest(browser), checks: started.checks },
          expiresAt: clock() + LIFETIME_MS,
        },
      );
      return { outcome: 'redirect', location: started.location, provider };
    },
    async end({ providerId, search, browser }) {
      const known = clients.get(providerId);
      const state = new URLSearchParams(search).get('state');
      if (!known || state === null || browser === null) return null;
      const key = { kind: KIND, id: digest(state) };
      const record = await records.find(key, clock());
      const asked = record?.payload as
        | { providerId: string; purpose: Purpose; browser: string; checks: Checks }
        | undefined;
      // Of another provider than was asked (a mix-up), or in a browser that did not ask (someone else's sign-in).
      if (asked?.providerId !== providerId || asked.browser !== digest(browser)) return null;
      if (!(await records.consume(key, clock()))) return null;
      const { provider, client } = known;
      const answer = await client.finish(new URL(`${redirectUri(providerId)}${search}`), asked.checks);
      if (answer.outcome === 'refused')
        logger.warn({ provider: providerId, why: answer.why }, 'the answer of another provider was refused');
      return { provider, purpose: asked.purpose, ...answer };
    },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
