import type { Configuration } from 'openid-client';
import type { UpstreamProvider } from './providers.ts';

/** How long another provider may take to answer, in seconds. */
const TIMEOUT_S = 8;
/** Longest text of another provider that is kept, in characters. */
const MAX_TEXT = 254;
const MAX_GROUPS = 1_000;

/** What a request to another provider is checked by when its answer comes. */
export interface Checks {
  state: string;
  nonce: string;
  verifier: string;
}

/** Whom another provider says that someone is. */
export interface UpstreamPerson {
  issuer: string;
  subject: string;
  name: string;
  /** What they might sign in with here, the best first. */
  logins: string[];
  /** Null where no claim of groups is set. */
  groups: string[] | null;
}

export type Answer =
  | { outcome: 'person'; person: UpstreamPerson }
  /** Someone cancelled, or the answer is not what was asked for. */
  | { outcome: 'refused'; why: string }
  | { outcome: 'unavailable'; why: string };

/** A strict client of one other provider. */
export interface UpstreamClient {
  /** Null when the provider cannot be reached. */
  start(redirectUri: string): Promise<{ location: string; checks: Checks } | null>;
  finish(answer: URL, checks: Checks): Promise<Answer>;
}

export function createUpstreamClient(
  provider: UpstreamProvider,
  onUnavailable: (error: unknown) => void,
): UpstreamClient {
  const library = () => import('openid-client');
  let found: Promise<Configuration> | null = null;
  /** Discovered once; a failure is tried again by the next one. */
  const configuration = () => {
    found ??= library().then((client) =>
      client.discovery(
        new URL(provider.issuer),
        provider.clientId,
        provider.clientSecret ?? undefined,
        provider.clientSecret === null ? client.None() : client.ClientSecretBasic(provider.clientSecret),
        {
          timeout: TIMEOUT_S,
          execute: provider.issuer.startsWith('http:') ? [client.allowInsecureRequests] : [],
        },
      ),
    );
    found.catch(() => {
      found = null;
    });
    return found;
  };
  return {
    async start(redirectUri) {
      const client = await library();
      const config = await configuration().catch(onUnavailable);
      if (!config) return null;
      const checks = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const location = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: provider.scopes.join(' '),
        code_challenge: await client.calculatePKCECodeChallenge(checks.verifier),
        code_challenge_method: 'S256',
        state: checks.state,
        nonce: checks.nonce,
      });
      return { location: location.href, checks };
    },
    async finish(answer, checks) {
      const client = await library();
      try {
        const config = await configuration();
        const tokens = await client.authorizationCodeGrant(config, answer, {
          pkceCodeVerifier: checks.verifier,
          expectedState: checks.state,
          expectedNonce: checks.nonce,
          idTokenExpected: true,
        });
        const inToken = tokens.claims()!;
        const isComplete =
          inToken.name !== undefined &&
          (provider.groupsClaim === null || inToken[provider.groupsClaim] !== undefined);
        const asked =
          isComplete || !config.serverMetadata().userinfo_endpoint
            ? {}
            : await client.fetchUserInfo(config, tokens.access_token, inToken.sub);
        return {
          outcome: 'person',
          person: personOf({ ...asked, ...inToken }, { issuer: provider.issuer, provider }),
        };
      } catch (error) {
        if (!isOutage(error)) return { outcome: 'refused', why: wordsOf(error) };
        onUnavailable(error);
        return { outcome: 'unavailable', why: wordsOf(error) };
      }
    },
  };
}

function personOf(
  claims: Record<string, unknown> & { sub: string },
  { issuer, provider }: { issuer: string; provider: UpstreamProvider },
): UpstreamPerson {
  const text = (name: string) => {
    const value = claims[name];
    return typeof value === 'string' && value.trim() !== '' ? [value.slice(0, MAX_TEXT)] : [];
  };
  // An address that nobody checked may be someone else's.
  const email = claims.email_verified === true ? text('email') : [];
  const logins = [
    ...email,
    ...text('preferred_username'),
    `${claims.sub.slice(0, 100)} at ${provider.label}`,
  ];
  const claimed = provider.groupsClaim === null ? null : claims[provider.groupsClaim];
  const groups = [claimed].flat().filter((group) => typeof group === 'string');
  return {
    issuer,
    subject: claims.sub,
    name: [...text('name'), ...text('preferred_username'), ...email, provider.label][0]!,
    logins,
    groups: provider.groupsClaim === null ? null : groups.slice(0, MAX_GROUPS),
  };
}

/** Whether the provider did not answer, or with a failure of its own: the same request may succeed later. */
function isOutage(error: unknown): boolean {
  const { name, code, cause } = error as { name?: string; code?: string; cause?: unknown };
  if (cause instanceof Response) return cause.status >= 500;
  return name === 'TypeError' || name === 'TimeoutError' || code === 'OAUTH_TIMEOUT';
}

/** What is logged: no part of it is a token. */
function wordsOf(error: unknown): string {
  const { message, code, error: answer } = error as { message?: string; code?: string; error?: string };
  return [answer, code, message].filter(Boolean).join(' ').slice(0, 300);
}
