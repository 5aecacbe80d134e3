import {
  type AuthConfig,
  createAuthenticator,
  createHttpServer,
  type TrustedProxies,
} from '@giggityflix/http';
import { createRateLimiter, type Logger, notReady, type Readiness, type Service } from '@giggityflix/kernel';
import { createMetrics, type Registry } from '@giggityflix/telemetry';
import { createEngine } from './engine.ts';
import { createLeanExecutor } from './execution/executor.lean.ts';
import type { Executor } from './execution/executor.ts';
import type { SubgraphAddress } from './graph/graph.ts';
import { fileOrigin, subgraphsOrigin } from './graph/origin.ts';
import { createGraphStore } from './graph/store.ts';
import { registerArtwork } from './http/artwork.ts';
import { registerCors } from './http/cors.ts';
import { type AccessEntry, registerGraphQL } from './http/graphql.ts';
import { createOriginGuard } from './http/origin-guard.ts';
import { createAdmission } from './http/visitor.ts';
import { registerWeb } from './http/web.ts';
import { MAX_BODY_BYTES } from './limits.ts';
import { createGatewayMetrics } from './metrics.ts';
import { automaticDocuments, safelistedDocuments } from './operation/persisted.ts';
import { registerSockets } from './subscription/sockets.ts';
import { registerEventStream } from './subscription/sse.ts';

export interface GatewayConfig {
  host: string;
  port: number;
  auth: AuthConfig;
  supergraph: {
    /** A composed supergraph; null asks the subgraphs for their schemas. */
    file: string | null;
    pollMs: number;
    /** With a file: where its subgraphs are, when not where it says. */
    subgraphs: readonly SubgraphAddress[];
    timeoutMs: number;
  };
  executor: 'lean' | 'apollo';
  web: {
    /** Directory of the built viewer; null serves the API alone. */
    root: string | null;
    graphiql: boolean;
    /** Server of pictures; null for the catalog subgraph's. */
    artworkUrl: string | null;
  };
  limits: {
    tokens: number;
    depth: number;
    aliases: number;
    cost: number;
    ratePerSecond: number;
    rateBurst: number;
    sockets: number;
  };
  introspection: boolean;
  /** The only operations served, by their SHA-256; null serves any. */
  safelist: ReadonlyMap<string, string> | null;
  corsOrigins: readonly string[];
  trustedProxies: TrustedProxies;
}

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
    origin: supergraph.file === null ? subgraphsOrigin(supergraph.subgraphs) : fileOrigin(supergraph.file),
    pollMs: supergraph.pollMs,
    logger,
  });
  const engine = createEngine({
    executor: config.executor === 'lean' ? createLeanExecutor() : lazyApolloExecutor(),
    documents: config.safelist === null ? automaticDocuments() : safelistedDocuments(config.safelist),
    limits,
    maxCost: limits.cost,
    introspection: config.introspection,
    subgraphTimeoutMs: supergraph.timeoutMs,
    subgraphUrls: new Map(supergraph.subgraphs.map(({ name, url }) => [name, url])),
    metrics,
    onFailure: (error, operation, requestId) =>
      logger.error({ err: error, operation: operation.name, requestId }, 'an operation failed'),
  });

  const ready = async (): Promise<Readiness> => {
    const readiness = await graphs.ready();
    return readiness.ready ? engine.ready() : readiness;
  };
  const http = createHttpServer({
    name: 'gateway',
    host: config.host,
    port: config.port,
    logger,
    metrics: registry,
    ready,
    bodyLimit: MAX_BODY_BYTES,
    trustedProxies: config.trustedProxies,
  });
  const shared = {
    engine,
    admission: createAdmission(createAuthenticator(config.auth), logger),
    origins: createOriginGuard(config.corsOrigins, { listensOn: config.host }),
    trustedProxies: config.trustedProxies,
    rates: createRateLimiter({ perSecond: limits.ratePerSecond, burst: limits.rateBurst }),
  };
  registerCors(http.app, shared.origins);
  registerGraphQL(http.app, { ...shared, onAnswered: (entry) => logAccess(logger, entry) });
  registerEventStream(http.app, shared);
  const sockets = registerSockets(http.app, {
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
      loading ??= import('./execution/executor.apollo.ts').then((module) => module.createApolloExecutor());
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
