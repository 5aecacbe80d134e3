import { alsoUnavailable, type Bus, followAccessChanges } from '@giggityflix/bus';
import {
  createAddressCap,
  createAuthenticator,
  createHttpServer,
  createRevocations,
} from '@giggityflix/http';
import { createRateLimiter, type Logger, notReady, type Readiness, type Service } from '@giggityflix/kernel';
import { createMetrics, type Registry } from '@giggityflix/telemetry';
import { type Policies, rolePolicies } from './engine/authorization/policies.ts';
import { demandOptions } from './engine/demand/demand.ts';
import { createEngine } from './engine/engine.ts';
import { createLeanExecutor } from './engine/execute/executor.lean.ts';
import type { Executor } from './engine/execute/executor.ts';
import { automaticDocuments, safelistedDocuments } from './engine/operation/persisted.ts';
import type { OverrideLabels } from './engine/operation/progress.ts';
import type { GatewayConfig } from './environment.ts';
import { contractOrigin, fileOrigin, subgraphsOrigin } from './graph/origin.ts';
import { createGraphStore } from './graph/store.ts';
import { MAX_BODY_BYTES, MAX_SELECTIONS } from './limits.ts';
import { createGatewayMetrics, reportUnavailable } from './metrics.ts';
import { createForwarding } from './subgraphs/header-rules.ts';
import { createShownErrors } from './subgraphs/shown-errors.ts';
import { registerArtwork } from './transports/http/artwork.ts';
import { registerAuthority } from './transports/http/authority.ts';
import { registerCors } from './transports/http/cors.ts';
import { type AccessEntry, registerGraphQL } from './transports/http/graphql.ts';
import { registerWeb } from './transports/http/web.ts';
import { createMultipartResponses } from './transports/multipart/responses.ts';
import { registerEventStream } from './transports/sse/sse.ts';
import { createAdmission } from './transports/visitor.ts';
import { registerSockets } from './transports/ws/sockets.ts';

export interface GatewayDeps {
  logger: Logger;
  metrics?: Registry;
  /** Where tokens that are taken back are heard of; without it they are accepted until they expire. */
  bus?: Bus;
  /** Decides what `@policy` names; by the roles of the identity where it is not given. */
  policies?: Policies;
  /** Decides labels of progressive overrides other than `percent(x)` (`@override(label:)`), which are off without it. */
  overrideLabels?: OverrideLabels;
  /** The bus is for the gateway alone, which starts it when it can be reached, and stops it. */
  ownsBus?: boolean;
}

export interface Gateway extends Service {
  /** Where it listens, known after `start`. */
  url(): string;
  /** Reads the supergraph again now; resolves to whether it changed. */
  reload(): Promise<boolean>;
}

/** Serves the one graph made of the subgraphs, and the pages that use it. */
export function createGateway(config: GatewayConfig, deps: GatewayDeps): Gateway {
  const { logger } = deps;
  const registry = deps.metrics ?? createMetrics('gateway');
  const metrics = createGatewayMetrics(registry);
  const { supergraph, limits } = config;
  const graphs = createGraphStore({
    origin: contractOrigin(
      supergraph.file === null
        ? subgraphsOrigin(supergraph.subgraphs, supergraph.serviceToken)
        : fileOrigin(supergraph.file),
      supergraph.contract,
    ),
    pollMs: supergraph.pollMs,
    knowsLabels: deps.overrideLabels !== undefined,
    logger,
  });
  const forwarding = createForwarding(supergraph.headers);
  const engine = createEngine({
    forwarding,
    executor: config.executor === 'lean' ? createLeanExecutor() : lazyApolloExecutor(),
    documents: config.safelist === null ? automaticDocuments() : safelistedDocuments(config.safelist),
    limits: { ...limits, selections: MAX_SELECTIONS },
    maxCost: limits.cost,
    demand: config.demand && demandOptions(config.demand),
    introspection: config.introspection,
    policies: deps.policies ?? rolePolicies,
    onUnauthorized: config.onUnauthorized,
    overrideLabels: deps.overrideLabels,
    subgraphTimeoutMs: (name) => supergraph.timeouts.get(name) ?? supergraph.timeoutMs,
    shownErrors: createShownErrors(supergraph.errors, (subgraph, errors, requestId) =>
      logger.warn(
        { subgraph, errors, requestId },
        'errors of a subgraph that clients do not get as they are',
      ),
    ),
    serviceToken: supergraph.serviceToken,
    subgraphUrls: new Map(supergraph.subgraphs.map(({ name, url }) => [name, url])),
    metrics,
    onFailure: (error, operation, requestId) =>
      logger.error({ err: error, operation: operation.name, requestId }, 'an operation failed'),
  });

  const serves = async (): Promise<Readiness> => {
    const readiness = await graphs.ready();
    return readiness.ready ? engine.ready() : readiness;
  };
  reportUnavailable(registry, async () => {
    const readiness = await serves();
    return (readiness.ready && readiness.unavailable) || [];
  });
  /** It serves without the bus, too, which only takes tokens back. */
  const ready = async (): Promise<Readiness> => {
    const readiness = await serves();
    if (!readiness.ready || !deps.bus || !accessChanges) return readiness;
    const parts = await Promise.all([accessChanges, deps.bus].map(alsoUnavailable));
    return { ready: true, unavailable: [...(readiness.unavailable ?? []), ...parts.flat()] };
  };
  const http = createHttpServer({
    name: 'gateway',
    host: config.host,
    port: config.port,
    tls: config.tls,
    logger,
    metrics: registry,
    ready,
    bodyLimit: MAX_BODY_BYTES,
    trustedProxies: config.trustedProxies,
    guard: { ...config.guard, hasPages: true },
    metricsAllowed: config.metricsAllowed,
  });
  const revocations = createRevocations();
  const accessChanges =
    deps.bus &&
    followAccessChanges({
      bus: deps.bus,
      ownsBus: deps.ownsBus ?? false,
      topic: config.topics.identityAccessChanged,
      revocations,
      logger,
    });
  const shared = {
    streams: createAddressCap(limits.streamsPerAddress),
    engine,
    admission: createAdmission(createAuthenticator(config.auth, undefined, revocations), revocations, logger),
    trustedProxies: config.trustedProxies,
    forwarding,
    rates: createRateLimiter({ perSecond: limits.ratePerSecond, burst: limits.rateBurst }),
  };
  registerCors(http.app, http.origins);
  const responses = createMultipartResponses(http.app, { ...shared, metrics });
  registerGraphQL(http.app, { ...shared, responses, onAnswered: (entry) => logAccess(logger, entry) });
  registerEventStream(http.app, { ...shared, origins: http.origins });
  const sockets = registerSockets(http, {
    ...shared,
    metrics,
    maxSockets: limits.sockets,
  });
  const artworkUrl =
    config.web.artworkUrl ?? supergraph.subgraphs.find(({ name }) => name === 'catalog')?.url;
  if (artworkUrl) registerArtwork(http.app, new URL(artworkUrl).origin);
  registerAuthority(http.app, config.authorityPath);
  graphs.onChange((graph, previous) => {
    engine.use(graph);
    const named = [...supergraph.timeouts.keys(), ...supergraph.errors.named.keys()];
    const unknown = named.filter((name) => graph.subgraphs.every((subgraph) => subgraph.name !== name));
    if (unknown.length > 0)
      logger.warn({ unknown }, 'time-outs or policies are of subgraphs that there are not');
    if (previous) sockets.schemaChanged();
  });

  let started = false;
  return {
    url: () => http.address().url,
    reload: () => graphs.reload(),
    async start() {
      const knowsPeople = () => 'me' in (graphs.current()?.schema.getQueryType()?.getFields() ?? {});
      await registerWeb(http.app, { ...config.web, knowsPeople });
      await graphs.start();
      await accessChanges?.start();
      await http.start();
      started = true;
    },
    async stop() {
      started = false;
      await graphs.stop();
      await http.stop();
      await accessChanges?.stop();
      await engine.close();
    },
    ready: () => (started ? ready() : notReady('starting or stopping')),
  };
}

/** Apollo's packages cost a fifth of a second to load: only who asks for them pays. */
function lazyApolloExecutor(): Executor {
  let loading: Promise<Executor> | undefined;
  return {
    async execute(execution) {
      loading ??= import('./engine/execute/executor.apollo.ts').then((module) =>
        module.createApolloExecutor(),
      );
      return (await loading).execute(execution);
    },
  };
}

/** Failures are worth a line; the rest is for those who look. */
function logAccess(logger: Logger, { errors, ms, ...entry }: AccessEntry): void {
  const line = { ...entry, ms: Math.round(ms * 10) / 10 };
  if (errors.length > 0) logger.info({ ...line, errors: [...new Set(errors)] }, 'answered with errors');
  else logger.debug(line, 'answered');
}
