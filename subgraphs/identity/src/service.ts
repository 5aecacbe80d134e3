import type { IncomingMessage } from 'node:http';
import type { Bus } from '@giggityflix/bus';
import { clientAddress, createHttpServer } from '@giggityflix/http';
import { createAccessChecks } from '@giggityflix/http/access';
import { composeServices, createRateLimiter, type Logger, type Service } from '@giggityflix/kernel';
import { createMetrics, type Registry, reportStores } from '@giggityflix/telemetry';
import { createPasswords } from './credentials/passwords.ts';
import { createEntitlementsApi } from './entitlements/api.ts';
import { createEntitlements } from './entitlements/entitlements.ts';
import type { IdentityConfig } from './environment.ts';
import { createAccessEvents } from './events/publisher.ts';
import { createSecondFactor } from './factors/second-factor.ts';
import { createSecrets } from './factors/secrets.ts';
import { createPeopleSubgraph } from './graphql/subgraph.ts';
import { createSetUp } from './invitations/set-up.ts';
import { createAccountPages } from './pages/account/account.ts';
import { createVisits } from './pages/account/visits.ts';
import { acceptForms, createForms } from './pages/forms.ts';
import { pageHeaders } from './pages/html.ts';
import { createInteractionPages } from './pages/interactions.ts';
import { createInvitationPages } from './pages/invitations.ts';
import { limitForms } from './pages/limit.ts';
import { pageServerOptions } from './pages/problems.ts';
import { createProviderPages } from './pages/provider-pages.ts';
import { createProviderRoutes } from './pages/routes.ts';
import { createUpstreamPages } from './pages/upstream.ts';
import { createUpstreamHandover } from './pages/upstream-handover.ts';
import { createHousehold } from './profiles/household.ts';
import { createPins } from './profiles/pins.ts';
import { type Access, createAccess } from './provider/access.ts';
import { createTokenClaims } from './provider/claims.ts';
import { accountClient, pageOrigins, redirectTargets } from './provider/clients.ts';
import { createLimits } from './provider/limits.ts';
import { createOpenIdProvider } from './provider/provider.ts';
import { createRenewing } from './provider/renewing.ts';
import { createHalfwaySignIns } from './sign-in/halfway.ts';
import { createPasskeys } from './sign-in/passkeys.ts';
import { createSignIn } from './sign-in/sign-in.ts';
import { createStores, type Stores } from './stores.ts';
import { createSweeper } from './sweeper.ts';
import { createUpstreamFlow } from './upstream/flow.ts';
import { createUpstreamPeople } from './upstream/people.ts';

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
  /** By which the first one becomes the owner, known after `start`; null when there are accounts. */
  setUpLink(): string | null;
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
    upstreamIssuers: config.upstream.map(({ issuer }) => issuer),
  });
  const { accounts, credentials, factors, invitations, signUps, devices, profiles, upstreamLinks } = stores;
  const { audit, failures, keys, records } = stores;
  const passwords = createPasswords();
  const accessEvents = createAccessEvents({
    pending: stores.pendingChanges,
    bus: deps.bus,
    topic: config.topics.identityAccessChanged,
    limitsOf: (subject) => limitsOf(subject),
    async profilesOf(accountId) {
      const account = await accounts.find(accountId);
      return account && (await profiles.listOf(account, new Date())).map(({ id }) => id);
    },
    logger,
  });
  const access = createAccess({ accounts, devices, records, audit, events: accessEvents });
  const household = createHousehold({
    profiles,
    devices,
    pins: createPins({ passwords, failures }),
    limitsChanged: access.limitsChanged,
  });
  const secrets = createSecrets(keys);
  const flow = createUpstreamFlow({ providers: config.upstream, issuer: config.issuer, records, logger });
  const handover = createUpstreamHandover(records);
  const home = config.clients.flatMap(pageOrigins)[0] ?? null;
  const limitsOf = createLimits({ accounts, devices, household });
  const secondFactor = createSecondFactor({
    factors,
    secrets,
    failures,
    records,
    audit,
  });
  const signIn = createSignIn({ accounts, credentials, passwords, failures, secondFactor, audit });
  const passkeys = createPasskeys({ issuer: config.issuer, records, credentials, accounts, audit });
  const addresses = new WeakMap<IncomingMessage, string>();
  // Found once, before the headers become those of the issuer.
  const addressOf = (request: IncomingMessage) => {
    const address = addresses.get(request) ?? clientAddress(request, trustedProxies);
    addresses.set(request, address);
    return address;
  };
  const clients = [...config.clients, accountClient(config.issuer)];
  const targets = redirectTargets(clients);
  const headers = pageHeaders(targets);
  const renewing = createRenewing({ renewals: stores.renewals, accounts, household });
  const provider = createOpenIdProvider(
    {
      issuer: config.issuer,
      audience: config.audience,
      clients,
      lifetimes: config.lifetimes,
    },
    {
      claims: createTokenClaims({
        accounts: renewing.accounts,
        household: renewing.household,
        clock: renewing.clock,
        clients: config.clients,
      }),
      records,
      renewing,
      devices,
      keys,
      audit,
      access,
      pages: createProviderPages({ redirectTargets: targets, signIn, addressOf }),
      logger,
      addressOf,
    },
  );
  const registry = deps.metrics ?? createMetrics('identity');
  reportStores(registry, { database: stores });
  const http = createHttpServer({
    name: 'identity',
    host: config.http.host,
    port: config.http.port,
    tls: config.http.tls,
    guard: config.http.guard,
    metricsAllowed: config.http.metricsAllowed,
    trustedProxies,
    logger,
    metrics: registry,
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
    createInteractionPages(scope, {
      ...pages,
      provider,
      signIn,
      halfway: createHalfwaySignIns(records),
      flow,
      handover,
    });
    createUpstreamPages(scope, {
      ...pages,
      flow,
      people: createUpstreamPeople({ accounts, links: upstreamLinks, invitations, signUps, access, audit }),
      secrets,
      handover,
      provider,
      addresses: limiter,
      home,
    });
    createAccountPages(scope, {
      ...pages,
      visits: createVisits({ ...pages, provider, accounts, issuer: config.issuer }),
      credentials,
      passwords,
      secondFactor,
      signIn,
      devices,
      profiles,
      household,
      flow,
      upstreamLinks,
      access,
      audit,
    });
    createInvitationPages(scope, {
      ...pages,
      accounts,
      invitations,
      signUps,
      passwords,
      audit,
      flow,
      home,
    });
  });
  const files = config.catalog && createAccessChecks(config.catalog, { logger });
  createEntitlementsApi(http.app, {
    entitlements: createEntitlements({ accounts, profiles, plans: config.plans, files }),
    serviceTokens: config.serviceTokens,
  });
  const setUp = createSetUp({ accounts, invitations, issuer: config.issuer, logger });
  const subgraph = createPeopleSubgraph(config, { http, stores, household, access, logger });
  const parts = composeServices({
    stores,
    accessEvents,
    subgraph,
    provider,
    sweeper: createSweeper(stores, { auditMs: config.lifetimes.auditMs, logger }),
    http,
    setUp,
  });
  return {
    start: parts.start,
    async stop() {
      await parts.stop();
      await files?.close();
    },
    ready: parts.ready,
    address: http.address,
    setUpLink: setUp.link,
    stores,
    access,
  };
}
