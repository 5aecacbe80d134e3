import { readFileSync } from 'node:fs';
import { type Bus, type Consumer, consumingFrom, followAccessChanges } from '@giggityflix/bus';
import { createSubgraph } from '@giggityflix/graphql';
import {
  type Authenticator,
  createAuthenticator,
  createHttpServer,
  createRevocations,
  NOT_LIMITED,
} from '@giggityflix/http';
import { composeServices, type Logger, notReady, READY, type Service } from '@giggityflix/kernel';
import { createMetrics, type Registry, reportStores } from '@giggityflix/telemetry';
import { parse } from 'graphql';
import { serveAccessChecks } from './access/api.ts';
import { createPictureEncoder } from './artwork/encoder.ts';
import { createFormerPictureConversion } from './artwork/former-pictures.ts';
import { serveArtwork } from './artwork/routes.ts';
import { createDatabase } from './database.ts';
import type { CatalogConfig } from './environment.ts';
import type { Context } from './graphql/context.ts';
import { createLoaders } from './graphql/loaders.ts';
import { resolvers } from './graphql/resolvers.ts';
import { createArrivals } from './ingest/arrivals.ts';
import { INGEST_RETRY, ingestRoutes } from './ingest/ingest.ts';
import { createCatalogMetrics } from './ingest/metrics.ts';
import { createAgesFill } from './statements/former-ages.ts';
import { createSearchFill } from './statements/search-fill.ts';
import type { CatalogStore } from './store/store.ts';

/** Descriptions of different files are independent; each spends its time waiting for the database. */
const INGEST_CONCURRENCY = 32;

export interface CatalogDeps {
  logger: Logger;
  /** Started and stopped by whoever made it. */
  bus: Bus;
  authenticator?: Authenticator;
  /** What `GET /metrics` reports: the caller's, with what else it counts. */
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
  const database = createDatabase({
    url: config.databaseUrl,
    logger,
    limits: config.limits,
    onUnreadable: (table) => metrics.unreadable.inc({ table }),
  });

  reportStores(registry, { database });
  const http = createHttpServer({
    name: 'catalog',
    ...config.http,
    logger,
    metrics: registry,
    ready: () => service.ready(),
  });
  const revocations = createRevocations();
  const accessChanges = followAccessChanges({
    bus,
    topic: config.topics.identityAccessChanged,
    revocations,
    logger,
  });
  const authenticator = deps.authenticator ?? createAuthenticator(config.auth, undefined, revocations);
  const seenBy: CatalogStore['seenBy'] = (limits) => database.opened().store.seenBy(limits);
  serveArtwork(http.app, { seenBy, authenticator });
  serveAccessChecks(http.app, { seenBy, serviceTokens: config.auth.serviceTokens });
  const subgraph = createSubgraph<Context>({
    name: 'catalog',
    http,
    typeDefs: parse(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')),
    resolvers,
    authenticator,
    revocations,
    callers: config.auth,
    logger,
    context: (base) => {
      const limits = base.identity?.limits ?? NOT_LIMITED;
      const store = seenBy(limits);
      return {
        ...base,
        limits,
        store,
        statements: database.opened().statements,
        libraries: database.opened().libraries,
        loaders: createLoaders(store, arrivals),
      };
    },
  });
  const ingest = createIngest();
  const encoder = createPictureEncoder();
  const formerPictures = createFormerPictureConversion({
    pictures: () => database.opened().formerPictures,
    encode: encoder.encode,
    logger,
  });
  const ages = createAgesFill({ ages: () => database.opened().formerAges, logger });
  const searchFill = createSearchFill({
    titles: () => database.opened().formerTitles,
    words: () => database.opened().knownWords,
    onFilled: () => database.opened().searchFilled(),
    logger,
  });
  const libraries: Service = {
    start: () => database.opened().libraries.finish(),
    async stop() {},
    ready: () => READY,
  };
  const service = composeServices({
    database,
    libraries,
    searchFill,
    encoder,
    ingest,
    consuming: consumingFrom(bus),
    formerPictures,
    ages,
    accessChanges,
    subgraph,
    http,
  });
  return { ...service, address: () => http.address() };

  function createIngest(): Service {
    let consumer: Consumer | null = null;
    return {
      async start() {
        consumer = await bus.consume({
          groupId: config.groupId,
          routes: ingestRoutes({
            ...database.opened(),
            topics: config.topics,
            arrivals,
            encode: encoder.encode,
            metrics,
            logger,
          }),
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
      // While the bus is unavailable the catalog answers with what it knows, and taking it out of service would help nobody.
      ready: () => (consumer ? READY : notReady('not consuming events yet')),
    };
  }
}
