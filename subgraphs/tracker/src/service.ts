import { readFileSync } from 'node:fs';
import { type Bus, consumingFrom, followAccessChanges } from '@giggityflix/bus';
import { createSubgraph } from '@giggityflix/graphql';
import {
  type Authenticator,
  createAuthenticator,
  createHttpServer,
  createRevocations,
  isLimited,
  NOT_LIMITED,
} from '@giggityflix/http';
import { createAccessChecks } from '@giggityflix/http/access';
import {
  composeServices,
  createRateLimiter,
  type Logger,
  notReady,
  READY,
  type Service,
} from '@giggityflix/kernel';
import { createMetrics, type Registry, reportStores } from '@giggityflix/telemetry';
import { parse } from 'graphql';
import { createPublisher } from './availability/publisher.ts';
import { createCommandRouter } from './commands/router.ts';
import type { Context } from './context.ts';
import type { TrackerConfig } from './environment.ts';
import { addRegistryRoutes } from './files/routes.ts';
import { createCountLoader } from './graphql/count-loader.ts';
import { createTrackerEvents } from './graphql/events.ts';
import { createLimitedView } from './graphql/limited.ts';
import { resolvers } from './graphql/resolvers.ts';
import { createMemberships } from './membership/memberships.ts';
import { createTrackerMetrics } from './metrics.ts';
import { createRegistryConsumer } from './registry/consumer.ts';
import { createExpiry } from './registry/expiry.ts';
import { createState } from './state/create-state.ts';
import type { TrackerState } from './state/state.ts';

export interface TrackerDependencies {
  /** Started before the tracker and stopped after it, by its creator. */
  bus: Bus;
  logger: Logger;
  authenticator?: Authenticator;
  /** What `GET /metrics` reports; the caller may have added metrics of its own. */
  metrics?: Registry;
}

export interface Tracker extends Service {
  /** Where it listens, known after `start`. */
  address(): { host: string; port: number; url: string };
}

/** Who has what, where, right now: consumes the edges' events, publishes availability, answers the gateway. */
export function createTracker(config: TrackerConfig, deps: TrackerDependencies): Tracker {
  const { bus, logger } = deps;
  const { topics, connectionTimeoutMs } = config;
  const state = createState(config.state, { connectionTimeoutMs, logger });
  const { registry, outbox, files } = state;
  const reported = deps.metrics ?? createMetrics('tracker');
  const metrics = createTrackerMetrics(reported, {
    state,
    behindMs: () => Date.now() - consumer.caughtUpAt(),
  });
  const stateStore = stateService(state);
  reportStores(reported, { state: stateStore });
  const http = createHttpServer({
    name: 'tracker',
    host: config.http.host,
    port: config.http.port,
    guard: config.http.guard,
    metricsAllowed: config.http.metricsAllowed,
    logger,
    metrics: reported,
    ready: () => tracker.ready(),
  });
  const revocations = createRevocations();
  const authenticator = deps.authenticator ?? createAuthenticator(config.auth, undefined, revocations);
  const checks = createAccessChecks(config.catalog, { logger });
  addRegistryRoutes({
    http,
    authenticator,
    files,
    trustedProxies: config.http.trustedProxies,
    changes: createRateLimiter(config.registryRate),
  });
  const commands = createCommandRouter({ bus, topics, registry, logger });
  const memberships = createMemberships({ bus, topics, store: state.membership, registry, logger });
  const events = createTrackerEvents({ bus, topics });
  const accessChanges = followAccessChanges({
    bus,
    topic: topics.identityAccessChanged,
    revocations,
    logger,
  });
  const subgraph = createSubgraph<Context>({
    name: 'tracker',
    http,
    typeDefs: parse(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')),
    resolvers,
    authenticator,
    revocations,
    callers: config.auth,
    logger,
    context: (base) => {
      const limits = base.identity?.limits ?? NOT_LIMITED;
      const { countPeers } = registry;
      const view = isLimited(limits) ? createLimitedView(limits, { checks, countPeers }) : null;
      return {
        ...base,
        view,
        state,
        commands,
        memberships,
        invitations: config.invitations,
        counts: createCountLoader(view?.countPeers ?? countPeers),
        availabilityEvents: events.availability,
        matchEvents: events.matches,
        subscriptionTtl: config.subscriptionTtl,
      };
    },
  });
  const publisher = createPublisher({
    outbox,
    bus,
    topics,
    logger,
    onPublished: (count) => metrics.published.inc(count),
  });
  const consumer = createRegistryConsumer({
    bus,
    topics,
    registry,
    groupId: config.groupId,
    routes: memberships.routes,
    onEvent: (type) => metrics.events.inc({ type }),
    onAnnounceAgain: (count) => metrics.announcementsRequested.inc(count),
  });
  const expiry = createExpiry({
    registry,
    logger,
    caughtUpAt: consumer.caughtUpAt,
    intervalMs: config.heartbeatIntervalMs,
    connectionTimeoutMs,
  });
  // In the order of need: what answers requests has its state, and what is consumed can be published.
  const parts = composeServices({
    state: stateStore,
    checks: { async start() {}, stop: () => checks.close(), ready: () => READY },
    events,
    commands,
    publisher,
    memberships,
    accessChanges,
    subgraph,
    http,
    consumer,
    consuming: consumingFrom(bus),
    expiry,
  });
  const tracker: Tracker = { ...parts, address: http.address };
  return tracker;
}

function stateService(state: TrackerState): Service {
  return {
    start: state.start,
    stop: state.stop,
    async ready() {
      try {
        await state.check();
        return READY;
      } catch (error) {
        return notReady(`the state cannot be reached: ${error instanceof Error ? error.message : error}`);
      }
    },
  };
}
