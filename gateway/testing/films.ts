import { createEventHub } from '@giggityflix/kernel';
import { GraphQLError } from 'graphql';
import { startSubgraph, type TestSubgraph } from './subgraph.ts';

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@shareable", "@external", "@requires"])`;

const CATALOG = `${FEDERATION}
  type Query { titles(first: Int!): [Title!]! title(id: ID!): Title slow(ms: Int!): String }
  type Mutation { rename(id: ID!, name: String!): Title! }
  type Title @key(fields: "id") { id: ID! name: String! files: [File!]! }
  type File @key(fields: "catalogId") { catalogId: ID! title: Title! size: Float! }`;

const TRACKER = `${FEDERATION}
  type Query { whoAmI: String fail: String }
  type Subscription { availabilityChanged(ids: [ID!]!): Change! }
  type Change { catalogId: ID! peerCount: Int! file: File! }
  type File @key(fields: "catalogId") { catalogId: ID! peerCount: Int! }`;

const VIEWING = `${FEDERATION}
  type Title @key(fields: "id") { id: ID! files: [File!]! @external progress: Float @requires(fields: "files { catalogId }") }
  type File @key(fields: "catalogId") { catalogId: ID! }
  type Query { concurrency: Int! }`;

interface Change {
  catalogId: string;
  peerCount: number;
}

/** Three small subgraphs cut like the real ones. */
export interface Films {
  readonly catalog: TestSubgraph;
  readonly tracker: TestSubgraph;
  readonly viewing: TestSubgraph;
  readonly addresses: { name: string; url: string }[];
  /** Requests each subgraph's resolvers of `File` and `Title` references have had, by "subgraph.Type". */
  readonly resolved: Map<string, number>;
  /** Subscriptions the tracker holds. */
  subscriptions(): number;
  change(change: Change): void;
  /** Completes every subscription. */
  complete(): void;
  /** Stops the tracker, and starts it again once `whileDown` is over. */
  restartTracker(whileDown: (port: number) => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;
}

export async function startFilms(): Promise<Films> {
  const resolved = new Map<string, number>();
  const count = (key: string) => resolved.set(key, (resolved.get(key) ?? 0) + 1);
  let hub = createEventHub<Change>();
  const names = new Map<string, string>();
  const fileOf = (titleId: string) => ({ catalogId: `f${titleId}`, size: 1_000 });
  const titleOf = (id: string) => ({ id, name: names.get(id) ?? `Title ${id}`, files: [fileOf(id)] });

  const catalogResolvers = {
    Query: {
      titles: (_: unknown, { first }: { first: number }) =>
        Array.from({ length: first }, (_value, index) => titleOf(String(index))),
      title: (_: unknown, { id }: { id: string }) => titleOf(id),
      slow: async (_: unknown, { ms }: { ms: number }) => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return 'done';
      },
    },
    Mutation: {
      rename: (_: unknown, { id, name }: { id: string; name: string }) => {
        names.set(id, name);
        return titleOf(id);
      },
    },
    File: {
      __resolveReference: ({ catalogId }: { catalogId: string }) => {
        count('catalog.File');
        return fileOf(catalogId.slice(1));
      },
      title: ({ catalogId }: { catalogId: string }) => titleOf(catalogId.slice(1)),
    },
    Title: { __resolveReference: ({ id }: { id: string }) => titleOf(id) },
  };
  const trackerResolvers = {
    Query: {
      whoAmI: (_: unknown, __: unknown, context: { identity: { userId: string } | null }) =>
        context.identity?.userId ?? null,
      fail: () => {
        throw new Error('a secret of the database');
      },
    },
    Subscription: {
      availabilityChanged: {
        subscribe: (_: unknown, { ids }: { ids: string[] }) => hub.read(ids),
        resolve: (event: Change) => event,
      },
    },
    Change: { file: ({ catalogId }: Change) => ({ catalogId }) },
    File: {
      __resolveReference: ({ catalogId }: { catalogId: string }) => {
        count('tracker.File');
        if (catalogId === 'f13') throw new GraphQLError('unlucky', { extensions: { code: 'UNLUCKY' } });
        return { catalogId, peerCount: 2 };
      },
    },
  };
  const viewingResolvers = {
    Query: { concurrency: () => 1 },
    Title: {
      __resolveReference: (title: object) => title,
      progress: ({ files }: { files: unknown[] }) => files.length / 2,
    },
  };

  const catalog = await startSubgraph({ name: 'catalog', sdl: CATALOG, resolvers: catalogResolvers });
  const startTracker = (port?: number) =>
    startSubgraph({ name: 'tracker', sdl: TRACKER, resolvers: trackerResolvers, port });
  let tracker = await startTracker();
  const viewing = await startSubgraph({ name: 'viewing', sdl: VIEWING, resolvers: viewingResolvers });
  const addresses = [catalog, tracker, viewing].map(({ name, url }) => ({ name, url }));
  return {
    catalog,
    get tracker() {
      return tracker;
    },
    viewing,
    addresses,
    resolved,
    subscriptions: () => hub.readers,
    change: (change) => hub.emit(change.catalogId, change),
    complete() {
      hub.close();
      hub = createEventHub<Change>();
    },
    async restartTracker(whileDown) {
      await tracker.stop();
      hub.close();
      hub = createEventHub<Change>();
      await whileDown(tracker.port);
      tracker = await startTracker(tracker.port);
    },
    async stop() {
      hub.close();
      await Promise.all([catalog.stop(), tracker.stop(), viewing.stop()]);
    },
  };
}
