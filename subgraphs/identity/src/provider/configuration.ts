import type { Configuration, JWKS, KoaContextWithOIDC } from 'oidc-provider';
import type { TokenClaims } from './claims.ts';
import { metadataOf } from './client-metadata.ts';
import type { Client } from './clients.ts';
import { pageOrigins } from './clients.ts';
import { isDeviceFlow, keepOwnGrant, problemOf } from './device-flow.ts';

/** What access tokens are for: everything of the platform. */
const RESOURCE = 'urn:giggityflix:api';
const SCOPES = ['openid', 'profile', 'offline_access'];

/** Times are in seconds. */
const CODE_S = 60;
const DEVICE_CODE_S = 600;
const INTERACTION_S = 1_800;
const ID_TOKEN_S = 3_600;

export interface ProviderSettings {
  issuer: string;
  audience: string;
  clients: readonly Client[];
  /** In milliseconds. */
  lifetimes: { accessTokenMs: number; refreshTokenMs: number; sessionMs: number };
}

/** The pages that the provider's library asks for. */
export interface ProviderPages {
  userCode(ctx: KoaContextWithOIDC, form: { token: string; problem: string | null }): Promise<void>;
  confirmDevice(
    ctx: KoaContextWithOIDC,
    form: { token: string; userCode: string; client: string },
  ): Promise<void>;
  deviceApproved(ctx: KoaContextWithOIDC): Promise<void>;
  signOut(ctx: KoaContextWithOIDC, form: { token: string }): Promise<void>;
  signedOut(ctx: KoaContextWithOIDC): Promise<void>;
  failed(ctx: KoaContextWithOIDC, error: { code: string; description: string }): Promise<void>;
}

export function createConfiguration(
  settings: ProviderSettings,
  deps: {
    claims: TokenClaims;
    adapter: NonNullable<Configuration['adapter']>;
    keys: { jwks: JWKS; cookies: string[] };
    pages: ProviderPages;
    invalidTarget(): Error;
  },
): Configuration {
  const { claims, pages } = deps;
  const isSecure = settings.issuer.startsWith('https:');
  const origins = new Map(settings.clients.map((each) => [each.id, new Set(pageOrigins(each))]));
  const seconds = (ms: number) => Math.ceil(ms / 1_000);
  const sessionS = seconds(settings.lifetimes.sessionMs);
  /** Of browsers that approve a device: the grant of the same client that they have themselves. */
  const ownGrants = new WeakMap<KoaContextWithOIDC, string | undefined>();
  const stateOf = (ctx: KoaContextWithOIDC) => (ctx.oidc.session?.state as { secret?: string })?.secret ?? '';
  return {
    adapter: deps.adapter,
    jwks: deps.keys.jwks,
    clients: settings.clients.map(metadataOf),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
    responseTypes: ['code'],
    scopes: SCOPES,
    claims: { openid: ['sub', 'roles'], profile: ['name', 'preferred_username'] },
    // There is no other place where a client could learn them: the access token is for the platform.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // A TV is not signed out by the phone that approved it.
    expiresWithSession: async (_ctx, source) => source.kind !== 'DeviceCode',
    cookies: {
      keys: deps.keys.cookies,
      names: {
        // The prefixes bind a cookie to this host and to https; those with a path of their own cannot have __Host-.
        session: isSecure ? '__Host-giggityflix-session' : 'giggityflix-session',
        interaction: isSecure ? '__Secure-giggityflix-interaction' : 'giggityflix-interaction',
        resume: isSecure ? '__Secure-giggityflix-resume' : 'giggityflix-resume',
      },
      long: { httpOnly: true, sameSite: 'lax', signed: true },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    ttl: {
      AccessToken: seconds(settings.lifetimes.accessTokenMs),
      ClientCredentials: seconds(settings.lifetimes.accessTokenMs),
      RefreshToken: seconds(settings.lifetimes.refreshTokenMs),
      AuthorizationCode: CODE_S,
      DeviceCode: DEVICE_CODE_S,
      Interaction: INTERACTION_S,
      IdToken: ID_TOKEN_S,
      Session: sessionS,
      Grant: sessionS,
    },
    routes: {
      authorization: '/authorize',
      token: '/token',
      revocation: '/token/revocation',
      jwks: '/.well-known/jwks.json',
      end_session: '/sign-out',
      device_authorization: '/device/authorize',
      code_verification: '/device',
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    clientBasedCORS: (_ctx, origin, client) => origins.get(client.clientId)?.has(origin) ?? false,
    async findAccount(_ctx, sub, token) {
      const account = await claims.accountOf(sub);
      if (!account) return undefined;
      return { accountId: sub, claims: () => claims.ofPerson(account, grantOf(token)) };
    },
    // All clients are the operator's own: nobody is asked whether they may know who someone is.
    async loadExistingGrant(ctx) {
      const { client, session, provider } = ctx.oidc;
      const ownGrantId = session?.grantIdFor(client!.clientId);
      if (isDeviceFlow(ctx)) ownGrants.set(ctx, ownGrantId);
      else {
        const own = ownGrantId ? await provider.Grant.find(ownGrantId) : undefined;
        if (own && own.accountId === session!.accountId) return own;
      }
      const grant = new provider.Grant({ accountId: session!.accountId!, clientId: client!.clientId });
      grant.addOIDCScope(SCOPES.join(' '));
      await grant.save();
      return grant;
    },
    extraTokenClaims: async (_ctx, token) =>
      token.kind === 'ClientCredentials'
        ? claims.ofBackend(token.clientId ?? '')
        : claims.ofAccessToken(token.accountId, token.grantId ?? null),
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => RESOURCE,
        useGrantedResource: async () => true,
        async getResourceServerInfo(_ctx, resource) {
          if (resource !== RESOURCE) throw deps.invalidTarget();
          return {
            scope: '',
            audience: settings.audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: seconds(settings.lifetimes.accessTokenMs),
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: '****-****',
        userCodeInputSource: (ctx, _form, _out, error) =>
          pages.userCode(ctx, { token: stateOf(ctx), problem: error ? problemOf(error) : null }),
        userCodeConfirmSource: (ctx, _form, client, _info, userCode) =>
          pages.confirmDevice(ctx, {
            token: stateOf(ctx),
            userCode,
            client: client.clientName ?? client.clientId,
          }),
        async successSource(ctx) {
          keepOwnGrant(ctx, ownGrants.get(ctx));
          await pages.deviceApproved(ctx);
        },
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx) => pages.signOut(ctx, { token: stateOf(ctx) }),
        postLogoutSuccessSource: (ctx) => pages.signedOut(ctx),
      },
    },
    renderError: (ctx, out) =>
      pages.failed(ctx, { code: out.error, description: String(out.error_description ?? '') }),
  };
}

/** The device of what an account is looked up for, where that has one. */
function grantOf(token: object | undefined): string | null {
  const { grantId } = (token ?? {}) as { grantId?: unknown };
  return typeof grantId === 'string' ? grantId : null;
}
