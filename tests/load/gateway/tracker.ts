import {
  createAuthenticator,
  createEventHub,
  createHttpServer,
  createLogger,
  createMetrics,
  createSubgraph,
  READY,
} from '@giggityflix/platform';
import { parse } from 'graphql';

const SCHEMA = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { nothing: String }
  type Subscription { availabilityChanged: Change! }
  type Change { catalogId: ID! peerCount: Int! sentAt: Float! padding: String! }`;
/** What makes an event as large as a reader likes. */
const PADDING = 'x'.repeat(10_000);

export interface Tracker {
  readonly url: string;
  /** Sends every subscriber an event with a number, and the time it was sent at. */
  emit(peerCount: number): void;
  stop(): Promise<void>;
}

/** A subgraph whose only use is to have events. */
export async function startTracker(): Promise<Tracker> {
  const hub = createEventHub<object>();
  const logger = createLogger({ service: 'tracker', level: 'error' });
  const metrics = createMetrics('tracker', { processMetrics: false });
  const http = createHttpServer({
    name: 'tracker',
    host: '127.0.0.1',
    port: 0,
    logger,
    metrics,
    ready: () => READY,
  });
  const authenticator = createAuthenticator({
    mode: 'demo',
    jwksUrl: 'http://127.0.0.1:1/unused',
    issuer: 'giggityflix',
    audience: 'giggityflix',
    serviceTokens: [],
  });
  const subgraph = createSubgraph({
    name: 'tracker',
    http,
    typeDefs: parse(SCHEMA),
    resolvers: {
      Subscription: {
        availabilityChanged: { subscribe: () => hub.read(['all']), resolve: (event: object) => event },
      },
    },
    authenticator,
    logger,
    context: (base) => base,
  });
  await subgraph.start();
  await http.start();
  return {
    url: `${http.address().url}/graphql`,
    emit: (peerCount) =>
      hub.emit('all', { catalogId: 'f1', peerCount, sentAt: Date.now(), padding: PADDING }),
    async stop() {
      hub.close();
      await http.stop();
      await subgraph.stop();
    },
  };
}
