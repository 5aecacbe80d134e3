import { createAddressCap, createAuthenticator, createHttpServer } from '@giggityflix/http';
import { createRateLimiter, type Logger, notReady, type Readiness, type Service } from '@giggityflix/kernel';
import { createMetrics, type Registry } from '@giggityflix/telemetry';
import { createEngine } from './engine/engine.ts';
import { createLeanExecutor } from './engine/execute/executor.lean.ts';
import type { Executor } from './engine/execute/executor.ts';
import { automaticDocuments, safelistedDocuments } from './engine/operation/persisted.ts';
import type { GatewayConfig } from './environment.ts';
import { fileOrigin, subgraphsOrigin } from './graph/origin.ts';
import { createGraphStore } from './graph/store.ts';
import { MAX_BODY_BYTES, MAX_SELECTIONS } from './limits.ts';
import { createGatewayMetrics, reportUnavailable } from './metrics.ts';
import { registerArtwork } from './transports/http/artwork.ts';
import { registerCors } from './transports/http/cors.ts';
import { type AccessEntry, registerGraphQL } from './transports/http/graphql.ts';
import { registerWeb } from './transports/http/web.ts';
import { registerEventStream } from './transports/sse/sse.ts';
import { createAdmission } from './transports/visitor.ts';
import { registerSockets } from './transports/ws/sockets.ts';

export interface GatewayDeps {
  logger: Logger;
  metrics?: Registry;
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
    origin:
      supergraph.file === null
        ? subgraphsOrigin(supergraph.subgraphs, supergraph.serviceToken)
        : fileOrigin(supergraph.file),
    pollMs: supergraph.pollMs,
    logger,
  });
  const engine = createEngine({
    executor: config.executor === 'lean' ? createLeanExecutor() : lazyApolloExecutor(),
    documents: config.safelist === null ? automaticDocuments() : safelistedDocuments(config.safelist),
    limits: { ...limits, selections: MAX_SELECTIONS },
    maxCost: limits.cost,
    introspection: config.introspection,
    subgraphTimeoutMs: supergraph.timeoutMs,
    serviceToken: supergraph.serviceToken,
    subgraphUrls: new Map(supergraph.subgraphs.map(({ name, url }) => [name, url])),
    metrics,
    onFailure: (error, operation, requestId) =>
      logger.error({ err: error, operation: operation.name, requestId }, 'an operation failed'),
  });

  const ready = async (): Promise<Readiness> => {
    const readiness = await graphs.ready();
    return readiness.ready ? engine.ready() : readiness;
  };
  reportUnavailable(registry, async () => {
    const readiness = await ready();
    return (readiness.ready && readiness.unavailable) || [];
  });
  const http = createHttpServer({
    name: 'gateway',
    host: config.host,
    port: config.port,
    logger,
    metrics: registry,
    ready,
    bodyLimit: MAX_BODY_BYTES,
    trustedProxies: config.trustedProxies,
    guard: { ...config.guard, hasPages: true },
    metricsAllowed: config.metricsAllowed,
  });
  const shared = {
    streams: createAddressCap(limits.streamsPerAddress),
    engine,
    admission: createAdmission(createAuthenticator(config.auth), logger),
    trustedProxies: config.trustedProxies,
    rates: createRateLimiter({ perSecond: limits.ratePerSecond, burst: limits.rateBurst }),
  };
  registerCors(http.app, http.origins);
  registerGraphQL(http.app, { ...shared, onAnswered: (entry) => logAccess(logger, entry) });
  registerEventStream(http.app, { ...shared, origins: http.origins });
  const sockets = registerSockets(http, {
    ...shared,
    metrics,
    maxSockets: limits.sockets,
  });
  const artworkUrl =
    config.web.artworkUrl ?? supergraph.subgraphs.find(({ name }) => name === 'catalog')?.url;
  if (artworkUrl) registerArtwork(http.app, new URL(artworkUrl).origin);
  graphs.onChange((graph, previous) => {
    engine.use(graph);
    if (previous) sockets.schemaChanged();
  });

  let started = false;
  return {
    url: () => http.address().url,
    reload: () => graphs.reload(),
    async start() {
      await registerWeb(http.app, config.web);
      await graphs.start();
      await http.start();
      started = true;
    },
    async stop() {
      started = false;
      await graphs.stop();
      await http.stop();
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
