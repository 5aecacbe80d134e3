import { sha256 } from '@noble/hashes/sha2.js';
import * as oauth from 'oauth4webapi';
import type { SignInSettings } from './settings.ts';
import type { Tokens } from './tokens.ts';

/** What a sign-in that leads through the provider's page needs when it comes back. */
export interface PendingSignIn {
  state: string;
  nonce: string;
  verifier: string;
  /** The route to go on at. */
  route: string;
}

/** What someone enters on another device (RFC 8628). */
export interface DeviceCode {
  userCode: string;
  url: string;
  /** With the code in it, for a QR code. */
  completeUrl: string;
  expiresInSeconds: number;
  /** Resolves when the code has been entered; null when it was refused or has expired. */
  tokens(signal: AbortSignal): Promise<Tokens | null>;
}

/** The provider says that nobody is signed in any more, as opposed to not answering. */
export class SignedOutError extends Error {}

/**
 * How far the clock of a browser may be off, in seconds: a TV's may never have been set. ID tokens come from the provider
 * itself, for a nonce of this page, so that their times protect from nothing.
 */
const CLOCK_TOLERANCE_S = 10 * 365 * 86_400;

export type Provider = Awaited<ReturnType<typeof discover>>;

/**
 * Finds a provider by discovery and speaks the code flow with PKCE (RFC 7636), the device flow (RFC 8628), refresh and
 * sign-out with it, as a public client.
 * @throws when the provider does not answer, or as something else than a provider.
 */
export async function discover(settings: SignInSettings, redirectUri: string) {
  const issuer = new URL(settings.issuer);
  // At home a provider may be reached by http; whoever configured its address decided that.
  const options = { [oauth.allowInsecureRequests]: issuer.protocol === 'http:' };
  const server = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { ...options, algorithm: 'oidc' }),
  );
  const client: oauth.Client = {
    client_id: settings.clientId,
    [oauth.clockTolerance]: CLOCK_TOLERANCE_S,
  };
  const nobody = oauth.None();
  const resource: Record<string, string> = settings.resource ? { resource: settings.resource } : {};

  const refusal = (error: unknown): unknown =>
    error instanceof oauth.ResponseBodyError && error.error === 'invalid_grant'
      ? new SignedOutError(error.error_description ?? error.error)
      : error;

  return {
    offersDeviceCodes: server.device_authorization_endpoint !== undefined,

    /** Where to send the browser, and what to keep until it comes back. */
    begin(route: string): { url: URL; pending: PendingSignIn } {
      const verifier = oauth.generateRandomCodeVerifier();
      const pending = {
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
        verifier,
        route,
      };
      const url = new URL(endpoint(server.authorization_endpoint, 'authorization_endpoint'));
      const parameters = {
        client_id: settings.clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: settings.scope,
        state: pending.state,
        nonce: pending.nonce,
        // Computed by hand: pages without a secure context have no SubtleCrypto.
        code_challenge: base64url(sha256(new TextEncoder().encode(verifier))),
        code_challenge_method: 'S256',
        // Without it providers leave out the refresh token (OpenID Connect Core 1.0, section 11).
        ...(settings.scope.split(' ').includes('offline_access') && { prompt: 'consent' }),
        ...resource,
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return { url, pending };
    },

    /** @throws when the answer is not to this page's request, or says that the sign-in was refused. */
    async finish(answer: URL, { state, nonce, verifier }: PendingSignIn): Promise<Tokens> {
      const parameters = oauth.validateAuthResponse(server, client, answer, state);
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        nobody,
        parameters,
        redirectUri,
        verifier,
        { ...options, additionalParameters: resource },
      );
      return tokensOf(
        await oauth.processAuthorizationCodeResponse(server, client, response, {
          expectedNonce: nonce,
          requireIdToken: true,
        }),
      );
    },

    /** @throws SignedOutError when the refresh token no longer holds. */
    async refresh(tokens: Tokens): Promise<Tokens> {
      if (!tokens.refreshToken) throw new SignedOutError('there is no refresh token');
      try {
        const response = await oauth.refreshTokenGrantRequest(server, client, nobody, tokens.refreshToken, {
          ...options,
          additionalParameters: resource,
        });
        const refreshed = tokensOf(await oauth.processRefreshTokenResponse(server, client, response));
        return {
          ...refreshed,
          refreshToken: refreshed.refreshToken ?? tokens.refreshToken,
          idToken: refreshed.idToken ?? tokens.idToken,
        };
      } catch (error) {
        throw refusal(error);
      }
    },

    async deviceCode(): Promise<DeviceCode> {
      const response = await oauth.deviceAuthorizationRequest(
        server,
        client,
        nobody,
        { scope: settings.scope, ...resource },
        options,
      );
      const given = await oauth.processDeviceAuthorizationResponse(server, client, response);
      return {
        userCode: given.user_code,
        url: given.verification_uri,
        completeUrl: given.verification_uri_complete ?? given.verification_uri,
        expiresInSeconds: given.expires_in,
        async tokens(signal) {
          let seconds = given.interval ?? 5;
          for (const until = Date.now() + given.expires_in * 1_000; Date.now() < until; ) {
            await elapse(seconds * 1_000, signal);
            try {
              const answer = await oauth.deviceCodeGrantRequest(server, client, nobody, given.device_code, {
                ...options,
                additionalParameters: resource,
                signal,
              });
              return tokensOf(await oauth.processDeviceCodeResponse(server, client, answer));
            } catch (error) {
              const code = error instanceof oauth.ResponseBodyError ? error.error : null;
              if (code === 'slow_down') seconds += 5;
              else if (code === 'access_denied' || code === 'expired_token') return null;
              // A provider that does not answer for a moment is asked again (RFC 8628, section 3.5).
              else if (code !== null && code !== 'authorization_pending') throw error;
              if (signal.aborted) throw error;
            }
          }
          return null;
        },
      };
    },

    /** Ends the tokens at the provider; where to go on to end the person's session there, if it has such a page. */
    async signOut(tokens: Tokens): Promise<URL | null> {
      if (server.revocation_endpoint && tokens.refreshToken)
        await oauth
          .revocationRequest(server, client, nobody, tokens.refreshToken, options)
          .then((response) => oauth.processRevocationResponse(response))
          .catch(() => {});
      if (!server.end_session_endpoint) return null;
      const url = new URL(endpoint(server.end_session_endpoint, 'end_session_endpoint'));
      url.searchParams.set('client_id', settings.clientId);
      url.searchParams.set('post_logout_redirect_uri', redirectUri);
      if (tokens.idToken) url.searchParams.set('id_token_hint', tokens.idToken);
      return url;
    },
  };
}

/** An access token without a stated end is asked for anew after this, in seconds. */
const DEFAULT_LIFETIME_SECONDS = 300;

function tokensOf(response: oauth.TokenEndpointResponse): Tokens {
  return {
    accessToken: response.access_token,
    refreshToken: response.refresh_token ?? null,
    idToken: response.id_token ?? null,
    expiresAt: Date.now() + (response.expires_in ?? DEFAULT_LIFETIME_SECONDS) * 1_000,
  };
}

function endpoint(url: string | undefined, name: string): string {
  if (!url) throw new Error(`the sign-in service has no ${name}`);
  // The page goes there: other schemes could run in it.
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw new Error(`the ${name} of the sign-in service is no web address`);
  return url;
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function elapse(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
