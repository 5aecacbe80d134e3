import type { IncomingMessage } from 'node:http';
import type { Bus } from '@giggityflix/bus';
import { clientAddress, createHttpServer } from '@giggityflix/http';
import { composeServices, createRateLimiter, type Logger, type Service } from '@giggityflix/kernel';
import { createMetrics, type Registry } from '@giggityflix/telemetry';
import { createPasswords } from './credentials/passwords.ts';
import { createEntitlementsApi } from './entitlements/api.ts';
import { createEntitlements } from './entitlements/entitlements.ts';
import type { IdentityConfig } from './environment.ts';
import { createSetUp } from './invitations/set-up.ts';
import { acceptForms, createForms } from './pages/forms.ts';
import { pageHeaders } from './pages/html.ts';
import { createInteractionPages } from './pages/interactions.ts';
import { createInvitationPages } from './pages/invitations.ts';
import { limitForms } from './pages/limit.ts';
import { pageServerOptions } from './pages/problems.ts';
import { createProviderPages } from './pages/provider-pages.ts';
import { createProviderRoutes } from './pages/routes.ts';
import { type Access, createAccess } from './provider/access.ts';
import { pageOrigins, redirectTargets } from './provider/clients.ts';
import { createOpenIdProvider } from './provider/provider.ts';
import { createPasskeys } from './sign-in/passkeys.ts';
import { createSignIn } from './sign-in/sign-in.ts';
import { createStores, type Stores } from './stores.ts';
import { createSweeper } from './sweeper.ts';

/** How long a new key is published before it signs, in milliseconds; verifiers cache the set for minutes. */
const KEY_LEAD_MS = 3_600_000;
/** Forms of one address: a household that signs in at once, not someone who tries. */
const FORMS = { perSecond: 5, burst: 60 };

export interface IdentityDeps {
  logger: Logger;
  /** Started by the caller, and stopped by it after the service. */
  bus: Bus;
  metrics?: Registry;
}

export interface Identity extends Service {
  /** Where it listens, known after `start`. */
  address(): { host: string; port: number; url: string };
  readonly stores: Stores;
  readonly access: Access;
}

/** The identity service: an OpenID provider with its pages, and who is entitled to what. */
export function createIdentity(config: IdentityConfig, deps: IdentityDeps): Identity {
  const { logger } = deps;
  const { trustedProxies } = config.http;
  const stores = createStores({
    url: config.databaseUrl,
    rotation: {
      periodMs: config.keyRotationMs,
      leadMs: KEY_LEAD_MS,
      overlapMs: 2 * config.lifetimes.accessTokenMs + KEY_LEAD_MS,
    },
    logger,
  });
  const { accounts, credentials, invitations, signUps, devices, audit, failures, keys, records } = stores;
  const passwords = createPasswords();
  const access = createAccess({ accounts, devices, records, audit });
  const signIn = createSignIn({ accounts, credentials, passwords, failures, audit });
  const passkeys = createPasskeys({ issuer: config.issuer, records, credentials, accounts, audit });
  const addresses = new WeakMap<IncomingMessage, string>();
  // Found once, before the headers become those of the issuer.
  const addressOf = (request: IncomingMessage) => {
    const address = addresses.get(request) ?? clientAddress(request, trustedProxies);
    addresses.set(request, address);
    return address;
  };
  const targets = redirectTargets(config.clients);
  const headers = pageHeaders(targets);
  const provider = createOpenIdProvider(
    {
      issuer: config.issuer,
      audience: config.audience,
      clients: config.clients,
      lifetimes: config.lifetimes,
    },
    {
      accounts,
      records,
      devices,
      keys,
      audit,
      access,
      pages: createProviderPages({ redirectTargets: targets, signIn, addressOf }),
      logger,
      addressOf,
    },
  );
  const http = createHttpServer({
    name: 'identity',
    host: config.http.host,
    port: config.http.port,
    guard: config.http.guard,
    metricsAllowed: config.http.metricsAllowed,
    trustedProxies,
    logger,
    metrics: deps.metrics ?? createMetrics('identity'),
    ready: () => parts.ready(),
    fastify: pageServerOptions(headers),
  });
  const limiter = createRateLimiter(FORMS);
  createProviderRoutes(http.app, {
    issuer: config.issuer,
    provider,
    signIn,
    addresses: limiter,
    headers,
    addressOf,
  });
  http.app.register(async (scope) => {
    acceptForms(scope);
    limitForms(scope, { addresses: limiter, addressOf });
    const forms = createForms({ isSecure: config.issuer.startsWith('https:'), key: provider.formKey });
    const pages = {
      forms,
      headers,
      passkeys,
      addressOf: (request: { raw: IncomingMessage }) => addressOf(request.raw),
    };
    createInteractionPages(scope, { ...pages, provider, signIn });
    createInvitationPages(scope, {
      ...pages,
      accounts,
      invitations,
      signUps,
      passwords,
      audit,
      home: config.clients.flatMap(pageOrigins)[0] ?? null,
    });
  });
  createEntitlementsApi(http.app, {
    entitlements: createEntitlements({ accounts, plans: config.plans }),
    serviceTokens: config.serviceTokens,
  });
  const parts = composeServices({
    stores,
    provider,
    sweeper: createSweeper(stores, { auditMs: config.lifetimes.auditMs, logger }),
    http,
    setUp: createSetUp({ accounts, invitations, issuer: config.issuer, logger }),
  });
  return {
    start: parts.start,
    stop: parts.stop,
    ready: parts.ready,
    address: http.address,
    stores,
    access,
  };
}
