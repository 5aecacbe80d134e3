import { readFileSync } from 'node:fs';
import { type Bus, consumingFrom, followAccessChanges } from '@giggityflix/bus';
import { createSubgraph, requireIdentity } from '@giggityflix/graphql';
import {
  type Authenticator,
  createAuthenticator,
  createHttpServer,
  createRevocations,
  hasRole,
} from '@giggityflix/http';
import { type AccessChecks, createAccessChecks } from '@giggityflix/http/access';
import {
  composeServices,
  createRateLimiter,
  type Logger,
  type Readiness,
  type Service,
  sharedSecretProblem,
} from '@giggityflix/kernel';
import { createMetrics, type Registry, reportStores } from '@giggityflix/telemetry';
import { parse } from 'graphql';
import { createAccess } from './access/access.ts';
import { viewerOf } from './access/viewer.ts';
import { createHttpAvailability } from './availability/availability.http.ts';
import type { Availability } from './availability/availability.ts';
import type { Context } from './context.ts';
import { createSourceReports } from './demotions/source-reports.ts';
import { createEmbeddedEntitlement } from './entitlement/entitlement.embedded.ts';
import { createHttpEntitlement } from './entitlement/entitlement.http.ts';
import type { EntitlementProvider } from './entitlement/entitlement.ts';
import type { ViewingConfig } from './environment.ts';
import { createProgressLoader } from './graphql/progress-loader.ts';
import { createResolvers } from './graphql/resolvers.ts';
import { createWatchlistLoader } from './graphql/watchlist-loader.ts';
import { createHistoryDatabase } from './history/database.ts';
import { createPrismaHistory } from './history/history.prisma.ts';
import type { History } from './history/history.ts';
import { createHistoryKeeper } from './history/keeper.ts';
import { createRecorder } from './history/recorder.ts';
import { createViewingMetrics } from './metrics.ts';
import { createAccessEndings } from './playback/access-endings.ts';
import { createPlayback } from './playback/playback.ts';
import { createRestApi, restServerOptions } from './rest/api.ts';
import { createEventRelay } from './sessions/relay.ts';
import type { Session } from './sessions/session.ts';
import { createSweeper } from './sessions/sweeper.ts';
import { iceServersFor } from './signalling/ice-servers.ts';
import { createSignalling } from './signalling/signalling.ts';
import { createState } from './state/create-state.ts';
import { createFixedKeyStore } from './tokens/keys.fixed.ts';
import { createPlaybackTokens } from './tokens/tokens.ts';
import { createWatchlistUpkeep } from './watchlist/upkeep.ts';
import { createPrismaWatchlist } from './watchlist/watchlist.prisma.ts';

/** A session without a heartbeat for this many intervals loses its slot: two heartbeats may be lost. */
const LEASE_INTERVALS = 3;
/** How long a new signing key is published before it signs, in milliseconds; verifiers cache the set for minutes. */
const KEY_LEAD_MS = 3_600_000;
/** Bursts a rate limit lets through, as a multiple of what it allows in a second. */
const BURST_FACTOR = 4;

export interface ViewingDeps {
  logger: Logger;
  /** Started by the caller, and stopped by it after the service. */
  bus: Bus;
  metrics?: Registry;
  authenticator?: Authenticator;
  availability?: Availability;
  entitlement?: EntitlementProvider;
  history?: History;
  checks?: AccessChecks;
}

export interface Viewing extends Service {
  /** Where it listens, known after `start`. */
  address(): { host: string; port: number; url: string };
}

/** The viewing service: REST and GraphQL on one port, over one domain. */
export function createViewing(config: ViewingConfig, deps: ViewingDeps): Viewing {
  const { logger, bus } = deps;
  const { topics } = config;
  const registry = deps.metrics ?? createMetrics('viewing');
  const metrics = createViewingMetrics(registry, { demotions: () => state.demotions });
  const revocations = createRevocations();
  const authenticator = deps.authenticator ?? createAuthenticator(config.auth, undefined, revocations);
  const onBreaker = (upstream: string, state: string) =>
    metrics.breaker.set({ upstream }, state === 'closed' ? 0 : 1);
  const availability =
    deps.availability ??
    createHttpAvailability({ catalog: config.catalog, tracker: config.tracker, logger, onBreaker });
  const checks =
    deps.checks ??
    createAccessChecks({ url: config.catalog.url, token: config.catalog.token ?? null }, { logger });
  const entitlement =
    deps.entitlement ?? createEntitlement(config, logger, (state) => onBreaker('identity', state));
  const database = createHistoryDatabase({ url: config.databaseUrl, logger });
  const history =
    deps.history ?? createPrismaHistory({ database, durationOf: (id) => availability.durationOf(id) });
  const watchlist = createPrismaWatchlist(database);

  const state = createState(config.state, {
    times: {
      leaseMs: Math.min(LEASE_INTERVALS * config.heartbeatIntervalMs, config.sessionTimeoutMs),
      sessionTimeoutMs: config.sessionTimeoutMs,
    },
    rotation: {
      periodMs: config.tokens.rotationMs,
      leadMs: KEY_LEAD_MS,
      overlapMs: 2 * config.tokens.lifetimeMs,
    },
    keyPath: config.tokens.keyPath,
    logger,
  });
  reportStores(registry, { state, history: database });
  state.sessions.outbox.onDropped(() => metrics.heartbeatsDropped.inc());
  const weakness = config.tokens.secret === null ? null : sharedSecretProblem(config.tokens.secret);
  if (weakness) logger.warn(`JWT_SECRET ${weakness}: others can make tokens`);
  const tokens = createPlaybackTokens({
    signing:
      config.tokens.secret !== null
        ? {
            algorithm: 'HS256',
            secret: config.tokens.secret,
            acceptedSecret: config.tokens.acceptedSecret,
          }
        : {
            algorithm: 'EdDSA',
            keys:
              config.tokens.signingKey !== null ? createFixedKeyStore(config.tokens.signingKey) : state.keys,
          },
    lifetimeMs: config.tokens.lifetimeMs,
    renewalMs: config.tokens.renewalMs,
    logger,
  });
  const iceServers = (session: Session) =>
    iceServersFor({ ...config.ice, turnLifetimeMs: config.sessionTimeoutMs }, session.id);
  const signalling = createSignalling({
    bus,
    topics,
    negotiations: state.negotiations,
    availability,
    demotedIds: state.demotions.ids,
    iceServers,
    tokenLifetimeMs: config.tokens.lifetimeMs,
    logger,
  });
  const playback = createPlayback({
    store: state.sessions,
    tokens,
    entitlement,
    checks,
    isTakenBack: ({ userId, signInId: deviceId, issuedAt }) =>
      revocations.refuses({ userId, deviceId, issuedAt }),
    availability,
    metrics,
    logger,
    endStreams: async (session) => bus.publish(await signalling.endings(session)),
    maxConcurrentStreams: config.maxConcurrentStreams,
  });

  const limiter = (perSecond: number) => createRateLimiter({ perSecond, burst: perSecond * BURST_FACTOR });
  const access = createAccess({
    authenticator,
    users: limiter(config.rateLimits.userPerSecond),
    addresses: limiter(config.rateLimits.addressPerSecond),
    metrics,
    logger,
  });
  const http = createHttpServer({
    name: 'viewing',
    host: config.http.host,
    port: config.http.port,
    guard: config.http.guard,
    metricsAllowed: config.http.metricsAllowed,
    logger,
    metrics: registry,
    ready: (): Promise<Readiness> | Readiness => parts.ready(),
    trustedProxies: config.http.trustedProxies,
    fastify: restServerOptions(),
  });
  createRestApi(http.app, {
    playback,
    demotions: state.demotions,
    tokens,
    access,
    metrics,
    trustedProxies: config.http.trustedProxies,
  });
  const subgraph = createSubgraph<Context>({
    name: 'viewing',
    http,
    typeDefs: parse(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')),
    resolvers: createResolvers({
      playback,
      signalling,
      reportSource: createSourceReports({ demotions: state.demotions, metrics, logger }),
      history,
      watchlist,
      checks,
      metrics,
      logger,
      iceServers,
      maxSources: config.maxSources,
      caller(context) {
        const identity = requireIdentity(context);
        access.limitGraphqlUser(identity.userId);
        return viewerOf(identity);
      },
    }),
    authenticator,
    revocations,
    callers: config.auth,
    logger,
    context: (base) => ({
      ...base,
      progress: hasRole(base.identity, 'viewer')
        ? createProgressLoader({ history, checks, ...base.identity! })
        : null,
      watchlist: hasRole(base.identity, 'viewer')
        ? createWatchlistLoader({ watchlist, userId: base.identity!.userId })
        : null,
    }),
  });
  const parts = composeServices({
    state,
    eventRelay: createEventRelay({
      outbox: state.sessions.outbox,
      bus,
      topics,
      endings: ({ session_id, content_id }) => signalling.endings({ id: session_id, catalogId: content_id }),
      logger,
    }),
    sweeper: createSweeper({
      store: state.sessions,
      logger,
      onExpired: (count) => metrics.sessionsExpired.inc(count),
    }),
    history: createHistoryKeeper({
      history: database,
      recorder: createRecorder({ bus, topics, groupId: config.groupId, history }),
      logger,
    }),
    signalling,
    accessChanges: followAccessChanges({
      bus,
      topic: topics.identityAccessChanged,
      revocations,
      logger,
    }),
    accessEndings: createAccessEndings({
      bus,
      topic: topics.identityAccessChanged,
      groupId: `${config.groupId}.access`,
      playback,
      checks,
      logger,
    }),
    watchlistUpkeep: createWatchlistUpkeep({
      bus,
      topic: topics.identityAccessChanged,
      groupId: `${config.groupId}.watchlists`,
      watchlist,
      logger,
    }),
    consuming: consumingFrom(bus),
    subgraph,
    http,
  });
  return {
    start: parts.start,
    async stop() {
      await parts.stop();
      await Promise.all([availability.close(), entitlement.close(), checks.close()]);
    },
    ready: parts.ready,
    address: http.address,
  };
}

function createEntitlement(
  config: ViewingConfig,
  logger: Logger,
  onBreaker: (state: string) => void,
): EntitlementProvider {
  const { entitlement } = config;
  if (entitlement.kind === 'http') return createHttpEntitlement({ ...entitlement, logger, onBreaker });
  return createEmbeddedEntitlement(entitlement);
}
