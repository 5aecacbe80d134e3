import { readFileSync } from 'node:fs';
import type { Bus, Consumer } from '@giggityflix/bus';
import { createSubgraph } from '@giggityflix/graphql';
import { createAuthenticator, createHttpServer } from '@giggityflix/http';
import {
  composeServices,
  type Logger,
  notReady,
  READY,
  type Service,
  withDeadline,
} from '@giggityflix/kernel';
import { type Database, openDatabase } from '@giggityflix/prisma';
import { createMetrics, type Registry } from '@giggityflix/telemetry';
import { parse } from 'graphql';
import { createArrivals } from './arrivals.ts';
import { serveArtwork } from './artwork.ts';
import type { Context } from './context.ts';
import type { CatalogConfig } from './environment.ts';
import { INGEST_RETRY, ingestRoutes } from './ingest.ts';
import { createLoaders } from './loaders.ts';
import { createCatalogMetrics } from './metrics.ts';
import { resolvers } from './resolvers.ts';
import { createPrismaStore } from './store.prisma.ts';
import type { CatalogStore } from './store.ts';

/** Descriptions of different files are independent; each spends its time waiting for the database. */
const INGEST_CONCURRENCY = 32;
/** How long `GET /ready` waits for the database. */
const CHECK_DEADLINE_MS = 2_000;

export interface CatalogDeps {
  logger: Logger;
  /** Started and stopped by whoever made it. */
  bus: Bus;
  /** What `GET /metrics` tells: the caller's, with what else it counts. */
  metrics?: Registry;
}

export interface Catalog extends Service {
  /** Known after `start`. */
  address(): { host: string; port: number; url: string };
}

/** The catalog: what exists. Titles and their files as peers describe them, with pictures. */
export function createCatalog(config: CatalogConfig, deps: CatalogDeps): Catalog {
  const { bus, logger } = deps;
  const registry = deps.metrics ?? createMetrics('catalog');
  const arrivals = createArrivals();
  const metrics = createCatalogMetrics(registry, arrivals);
  const database = lazyDatabase(config.databaseUrl, logger);

  const http = createHttpServer({
    name: 'catalog',
    ...config.http,
    logger,
    metrics: registry,
    ready: () => service.ready(),
  });
  serveArtwork(http.app, { artwork: (catalogId, index) => database.store().artwork(catalogId, index) });
  const subgraph = createSubgraph<Context>({
    name: 'catalog',
    http,
    typeDefs: parse(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')),
    resolvers,
    authenticator: createAuthenticator(config.auth),
    logger,
    context: (base) => ({
      ...base,
      store: database.store(),
      loaders: createLoaders(database.store(), arrivals),
    }),
  });
  const ingest = createIngest();
  const service = composeServices({ database, ingest, subgraph, http });
  return { ...service, address: () => http.address() };

  function createIngest(): Service {
    let consumer: Consumer | null = null;
    return {
      async start() {
        consumer = await bus.consume({
          groupId: config.groupId,
          routes: ingestRoutes({ topics: config.topics, store: database.store(), arrivals, metrics }),
          from: 'earliest',
          retry: INGEST_RETRY,
          concurrency: INGEST_CONCURRENCY,
        });
      },
      async stop() {
        arrivals.stop();
        await consumer?.stop();
        consumer = null;
      },
      // While the bus is away the catalog answers with what it knows, and taking it out of service would help nobody.
      ready: () => (consumer ? READY : notReady('not consuming events yet')),
    };
  }
}

function lazyDatabase(url: string, logger: Logger): Service & { store(): CatalogStore } {
  let open: { database: Database; store: CatalogStore } | null = null;
  return {
    store() {
      if (!open) throw new Error('the database is not open');
      return open.store;
    },
    async start() {
      const database = await openDatabase({ url, logger });
      open = { database, store: createPrismaStore(database) };
    },
    async stop() {
      await open?.database.close();
      open = null;
    },
    async ready() {
      try {
        await withDeadline(Promise.resolve(open?.database.check()), CHECK_DEADLINE_MS, 'asking the database');
        return READY;
      } catch (error) {
        return notReady(`the database cannot be reached: ${error instanceof Error ? error.message : error}`);
      }
    },
  };
}
