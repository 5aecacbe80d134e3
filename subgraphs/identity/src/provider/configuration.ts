import type { ClientMetadata, Configuration, JWKS, KoaContextWithOIDC } from 'oidc-provider';
import type { Account } from '../accounts/account.ts';
import { tokenRolesOf } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Client } from './clients.ts';
import { pageOrigins } from './clients.ts';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
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

/** What an account is to the provider's library; it keeps the members it does not know. */
interface ProviderAccount {
  accountId: string;
  claims(): Promise<{ sub: string; [claim: string]: unknown }>;
  account: Account;
  [key: string]: unknown;
}

export function createConfiguration(
  settings: ProviderSettings,
  deps: {
    accounts: Accounts;
    adapter: NonNullable<Configuration['adapter']>;
    keys: { jwks: JWKS; cookies: string[] };
    pages: ProviderPages;
    invalidTarget(): Error;
  },
): Configuration {
  const { accounts, pages } = deps;
  const isSecure = settings.issuer.startsWith('https:');
  const backends = new Map(
    settings.clients.flatMap((each) => (each.kind === 'backend' ? [[each.id, each]] : [])),
  );
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
    async findAccount(_ctx, sub): Promise<ProviderAccount | undefined> {
      const account = await accounts.find(sub);
      if (!account || account.state === 'closed') return undefined;
      return { accountId: sub, account, claims: async () => claimsOf(account) };
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
    async extraTokenClaims(ctx, token) {
      if (token.kind === 'ClientCredentials')
        return { roles: backends.get(token.clientId ?? '')?.roles ?? [] };
      const known = ctx.oidc.entities.Account as ProviderAccount | undefined;
      const account = known?.account ?? (await accounts.find(token.accountId));
      return { roles: account ? tokenRolesOf(account) : [], device_id: token.grantId };
    },
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

function isDeviceFlow(ctx: KoaContextWithOIDC): boolean {
  return /^(code|device)_/.test(ctx.oidc.route);
}

/** A device has a grant of its own, which the session of the browser that approved it is to forget. */
function keepOwnGrant(ctx: KoaContextWithOIDC, grantId: string | undefined): void {
  const { client, session } = ctx.oidc;
  const { clientId } = client!;
  if (grantId === undefined) delete session!.authorizations?.[clientId];
  else {
    session!.grantIdFor(clientId, grantId);
    const authorization = session!.authorizationFor(clientId) as { persistsLogout?: boolean };
    authorization.persistsLogout = false;
  }
}

function metadataOf(client: Client): ClientMetadata {
  if (client.kind === 'backend')
    return {
      client_id: client.id,
      client_name: client.name,
      client_secret: client.secret,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    };
  const uris = client.redirect_uris;
  const isWeb = uris.every((uri) => /^https?:/.test(uri));
  return {
    client_id: client.id,
    client_name: client.name,
    token_endpoint_auth_method: 'none',
    application_type: isWeb ? 'web' : 'native',
    grant_types:
      uris.length > 0
        ? ['authorization_code', 'refresh_token', DEVICE_GRANT]
        : ['refresh_token', DEVICE_GRANT],
    response_types: uris.length > 0 ? ['code'] : [],
    redirect_uris: uris,
    post_logout_redirect_uris: uris,
  };
}

function claimsOf(account: Account) {
  return {
    sub: account.id,
    name: account.name,
    preferred_username: account.login,
    roles: tokenRolesOf(account),
  };
}

/** What the library calls the ways in which a device's code is not one, in words. */
function problemOf(error: Error & { userCode?: string }): string {
  switch (error.name) {
    case 'NoCodeError':
      return 'Type the code that your device shows.';
    case 'NotFoundError':
    case 'ExpiredError':
      return 'There is no such code, or it has expired. Look at your device again: it may show a new one.';
    case 'AlreadyUsedError':
      return 'This code was used already. Ask your device for a new one.';
    case 'AbortedError':
      return 'The device was not signed in.';
    default:
      return 'That did not work. Start again with the code that your device shows.';
  }
}
