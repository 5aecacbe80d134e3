import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Logger, notReady, READY, type Service } from '@giggityflix/kernel';
import type { JWK, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { AuditLog } from '../audit/audit.ts';
import { deviceName } from '../devices/device-name.ts';
import type { Devices } from '../devices/devices.ts';
import type { KeySet, KeyStore } from '../keys/keys.ts';
import type { ProviderRecords } from '../records/records.ts';
import type { Access } from './access.ts';
import { createAdapters } from './adapter.ts';
import type { TokenClaims } from './claims.ts';
import { createConfiguration, type ProviderPages, type ProviderSettings } from './configuration.ts';
import { createOutages } from './outage.ts';
import type { Renewing } from './renewing.ts';

/** How often the keys are looked at, in milliseconds: less often than a key is published before it signs. */
const KEYS_EVERY_MS = 60_000;
/** When to try again while the database cannot be reached, in seconds. */
const RETRY_S = '2';

export interface Interaction {
  uid: string;
  prompt: string;
  /** The name of the client that asks. */
  client: string;
}

/** The OpenID provider: everything of its library that the rest of the service sees. */
export interface OpenIdProvider extends Service {
  /** Answers a request to one of {@link PROVIDER_PATHS}. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** What someone is to sign in for; null when the link is old, or of another browser. */
  interaction(request: IncomingMessage, response: ServerResponse): Promise<Interaction | null>;
  /** Signs someone in, by the methods (RFC 8176) in `by`, or denies it with null. Gives the address to go on to. */
  finish(
    request: IncomingMessage,
    response: ServerResponse,
    signedIn: { accountId: string; by: readonly string[] } | null,
  ): Promise<string>;
  /** Who is signed in in a browser, since when (seconds since 1970), and which devices it is; null when nobody is. */
  session(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<{ accountId: string; signedInAt: number; devices: string[] } | null>;
  /** Answers a client that wants its user asked: all clients are the operator's own, and nobody is. */
  consent(request: IncomingMessage, response: ServerResponse): Promise<string>;
  /** The key that signs what forms carry. */
  formKey(): string;
}

const TOKEN_PATH = '/token';

export const PROVIDER_PATHS = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/.well-known/jwks.json',
  '/authorize',
  '/authorize/:uid',
  TOKEN_PATH,
  '/token/revocation',
  '/sign-out',
  '/sign-out/confirm',
  '/sign-out/success',
  '/device',
  '/device/:uid',
] as const;

export function createOpenIdProvider(
  settings: ProviderSettings,
  deps: {
    claims: TokenClaims;
    records: ProviderRecords;
    renewing: Renewing;
    devices: Devices;
    keys: KeyStore;
    audit: AuditLog;
    access: Access;
    pages: ProviderPages;
    logger: Logger;
    /** Where a request comes from. */
    addressOf(request: IncomingMessage): string;
  },
): OpenIdProvider {
  const { keys, records, renewing, devices, audit, access, logger } = deps;
  const issuer = new URL(settings.issuer);
  let current: {
    provider: Provider;
    answer: ReturnType<Provider['callback']>;
    kids: string;
    formKey: string;
  } | null = null;
  let timer: NodeJS.Timeout | undefined;

  /** Builds the library's provider anew when keys have changed: it takes them once, and everything else is stored. */
  const refresh = async () => {
    const [signing, cookie] = await Promise.all([keys.current('signing'), keys.current('cookie')]);
    // Both sign with the first.
    const [signingKeys, cookieKeys] = [signerFirst(signing), signerFirst(cookie)];
    const kids = [...signingKeys, ...cookieKeys].map(({ kid }) => kid).join(' ');
    if (current?.kids === kids) return;
    // Loaded by those who serve, not by those who read the configuration.
    const { default: ProviderClass, errors } = await import('oidc-provider');
    const outages = createOutages(
      (description) => new errors.CustomOIDCProviderError('temporarily_unavailable', description),
    );
    const configuration = createConfiguration(settings, {
      ...deps,
      claims: outages.translated(deps.claims),
      adapter: outages.adapters(
        renewing.adapters(createAdapters(records, { removeGrant: access.endDevice })),
      ),
      keys: {
        jwks: { keys: signingKeys.map(({ jwk }) => jwk as JWK) },
        cookies: cookieKeys.map(({ jwk }) => jwk.k as string),
      },
      invalidTarget: () => new errors.InvalidTarget('access tokens are for the platform alone'),
    });
    const provider = new ProviderClass(settings.issuer, configuration);
    // The headers are ours: see `handle`.
    provider.proxy = true;
    provider.middleware.unshift(async (ctx, next) => {
      await next();
      if (ctx.status === 503) ctx.set('retry-after', RETRY_S);
      await afterwards(ctx as KoaContextWithOIDC);
    });
    provider.on('grant.error', (ctx, error) => {
      if (error.error_detail !== 'refresh token already used') return;
      const accountId = ctx.oidc.entities.RefreshToken?.accountId ?? null;
      logger.warn({ accountId }, 'a refresh token came a second time: its device was signed out');
      const address = deps.addressOf(ctx.req);
      audit
        .record({ at: new Date(), action: 'refresh_token_reused', accountId, address, details: {} })
        .catch((err: unknown) => logger.error({ err }, 'the audit log could not be written'));
    });
    provider.on('server_error', (_ctx, err) =>
      logger.error({ err }, 'a request to the OpenID provider failed'),
    );
    current = { provider, answer: provider.callback(), kids, formKey: cookie.signer.jwk.k as string };
  };

  /** The tokens are out: one that the client never gets would count as copied when it comes again. */
  const noteDevice: Devices['seen'] = (device, at) =>
    devices.seen(device, at).catch((err: unknown) => logger.error({ err }, 'a device could not be noted'));

  const afterwards = async (ctx: KoaContextWithOIDC) => {
    const { oidc } = ctx;
    if (!oidc) return;
    const address = deps.addressOf(ctx.req);
    const isRenewed = oidc.entities.RotatedRefreshToken !== undefined && renewing.knowsDevice();
    if (
      oidc.route === 'token' &&
      ctx.status === 200 &&
      oidc.entities.Grant &&
      oidc.entities.Account &&
      !isRenewed
    )
      await noteDevice(
        {
          id: oidc.entities.Grant.jti,
          accountId: oidc.entities.Account.accountId,
          clientId: oidc.client!.clientId,
          name: deviceName(ctx.get('user-agent')),
          address,
        },
        new Date(),
      );
    if (oidc.route === 'end_session_confirm' && ctx.status === 303 && oidc.params?.logout) {
      const accountId = oidc.session?.accountId;
      if (accountId && oidc.params.logout === 'everywhere')
        await access.signOutEverywhere(accountId, address);
      else if (accountId)
        await audit.record({ at: new Date(), action: 'signed_out', accountId, address, details: {} });
    }
    if (oidc.route === 'device_resume' && ctx.status === 200 && oidc.session?.accountId)
      await audit.record({
        at: new Date(),
        action: 'device_approved',
        accountId: oidc.session.accountId,
        address,
        details: {},
      });
  };

  /** Addresses that the library makes are those of the issuer, by whatever name and proxy the request came. */
  const asIssuer = (request: IncomingMessage) => {
    const address = deps.addressOf(request);
    request.headers.host = issuer.host;
    request.headers['x-forwarded-host'] = issuer.host;
    request.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1);
    request.headers['x-forwarded-for'] = address;
  };
  const running = () => {
    if (!current) throw new Error('the OpenID provider is not started');
    return current;
  };
  return {
    async start() {
      await refresh();
      timer = setInterval(() => {
        refresh().catch((err: unknown) => logger.error({ err }, 'the keys could not be read'));
      }, KEYS_EVERY_MS);
    },
    async stop() {
      clearInterval(timer);
    },
    ready: () => (current ? READY : notReady('the keys were not read yet')),
    async handle(request, response) {
      asIssuer(request);
      const answer = () => running().answer(request, response);
      if (request.url !== TOKEN_PATH) return answer();
      await renewing.run(deps.addressOf(request), answer);
    },
    async interaction(request, response) {
      asIssuer(request);
      const { provider } = running();
      const { errors } = await import('oidc-provider');
      try {
        const { uid, prompt, params } = await provider.interactionDetails(request, response);
        const client = await provider.Client.find(params.client_id as string);
        return { uid, prompt: prompt.name, client: client?.clientName ?? String(params.client_id) };
      } catch (error) {
        if (error instanceof errors.SessionNotFound) return null;
        throw error;
      }
    },
    async finish(request, response, signedIn) {
      asIssuer(request);
      return running().provider.interactionResult(
        request,
        response,
        signedIn
          ? {
              login: {
                accountId: signedIn.accountId,
                ...(signedIn.by.length > 0 && { amr: [...signedIn.by] }),
                remember: true,
              },
            }
          : { error: 'access_denied', error_description: 'the user did not sign in' },
        { mergeWithLastSubmission: false },
      );
    },
    async session(request, response) {
      asIssuer(request);
      const { provider } = running();
      const session = await provider.Session.get(provider.createContext(request, response) as never);
      if (!session.accountId || session.loginTs === undefined) return null;
      const grants = Object.values(session.authorizations ?? {}).flatMap(({ grantId }) => grantId ?? []);
      return { accountId: session.accountId, signedInAt: session.loginTs, devices: grants };
    },
    async consent(request, response) {
      asIssuer(request);
      return running().provider.interactionResult(request, response, { consent: {} });
    },
    formKey: () => running().formKey,
  };
}

function signerFirst({ signer, all }: KeySet) {
  return [signer, ...all.filter(({ kid }) => kid !== signer.kid)];
}
