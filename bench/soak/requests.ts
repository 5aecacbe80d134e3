import type { Platform } from '../start/platform.ts';
import type { Client } from './client.ts';
import type { Subscriptions } from './subscriptions.ts';

/** What the requests are about, as the catalog has it at the start. */
export interface Library {
  titleIds: readonly string[];
  catalogIds: readonly string[];
}

type Send = (n: number) => Promise<unknown>;

const BROWSE = `query BrowseTitles($first: Int!, $filter: TitleFilter) {
  titles(first: $first, filter: $filter) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { cursor node { id name year kind artwork { url width height }
      files { catalogId sizeBytes durationSeconds container videoCodec audioCodec availability { isAvailable peerCount } }
      progress { positionSeconds completed updatedAt } } }
  }
}`;
const TITLE =
  'query TitleById($id: ID!) { title(id: $id) { id name year files { catalogId availability { isAvailable } } } }';
const AVAILABILITY =
  'query Availability($ids: [ID!]!) { catalogAvailability(catalogIds: $ids) { catalogId isAvailable peerCount } }';
const PEERS =
  'query Peers { peers(first: 10) { edges { node { id state edgeId catalogSize } } pageInfo { hasNextPage } } }';
const CONCURRENCY = 'query Concurrency { concurrency { activeStreamCount maxConcurrentStreams } }';
const WATCHING = 'query Watching { continueWatching(first: 10) { positionSeconds updatedAt } }';
const SUBSCRIBE =
  'mutation Subscribe($input: SubscribeToCatalogInput!) { subscribeToCatalog(input: $input) { subscription { id } } }';
const CANCEL = 'mutation Cancel($id: ID!) { cancelCatalogSubscription(id: $id) { cancelled } }';

/** Reads the library that {@link createRequests} asks about. */
export async function readLibrary(client: Client): Promise<Library> {
  const { titles } = await client.graphql<{
    titles: { edges: { node: { id: string; files: { catalogId: string }[] } }[] };
  }>('{ titles(first: 10) { edges { node { id files { catalogId } } } } }');
  const nodes = titles.edges.map(({ node }) => node);
  return {
    titleIds: nodes.map(({ id }) => id),
    catalogIds: nodes.flatMap(({ files }) => files.map(({ catalogId }) => catalogId)),
  };
}

/** The n-th request of the mix: queries of several kinds, subscriptions, REST calls, and mistakes. */
export function createRequests(
  ports: Platform['ports'],
  library: Library,
  client: Client,
  subscriptions: Subscriptions,
): Send {
  const { GATEWAY_PORT: gateway, TRACKER_PORT: tracker, VIEWING_PORT: viewing } = ports;
  const { titleIds, catalogIds } = library;
  const rest = async (port: number, path: string, wanted = 200, body?: unknown) => {
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await client.send(port, path, { method, body });
    if (answer.status !== wanted) throw new Error(`${path} was answered ${answer.status} ${answer.body}`);
  };
  const browse: Send = (n) =>
    client.graphql(BROWSE, { first: 1 + (n % 50), filter: n % 3 ? { available: true } : null });
  const mix: readonly Send[] = [
    browse,
    browse,
    browse,
    (n) => client.graphql(BROWSE, { first: 20, filter: { search: `counting ${n % 7 ? '' : n}` } }),
    (n) => client.graphql(TITLE, { id: titleIds[n % titleIds.length] }),
    // Ids nobody has, as viewers with old links ask for.
    (n) => client.graphql(AVAILABILITY, { ids: [...catalogIds, unknownId(n)] }),
    () => client.graphql(PEERS),
    () => client.graphql(CONCURRENCY),
    () => client.graphql(WATCHING),
    // Texts that differ, as clients without prepared documents send them: few enough that the first half fills the caches.
    (n) => client.graphql(`{ titles(first: 5) { name${n % 500}: totalCount } }`),
    () => rest(gateway, '/graphql', 200, { query: '{ titles(first: 1) { nothing } }' }),
    async (n) => {
      const input = { catalogId: unknownId(n) };
      const { subscribeToCatalog } = await client.graphql<{
        subscribeToCatalog: { subscription: { id: string } };
      }>(SUBSCRIBE, { input });
      await client.graphql(CANCEL, { id: subscribeToCatalog.subscription.id });
    },
    () => subscriptions.openAndClose(catalogIds),
    () => subscriptions.openAndClose(catalogIds.slice(0, 1)),
    () => subscriptions.openAndCloseStream(catalogIds),
    () => rest(viewing, '/api/concurrency/demo'),
    () => rest(viewing, '/api/playback/token/validate', 200, { token: 'not.a.token' }),
    (n) => rest(viewing, `/api/playback/session/${n}`, 404),
    async (n) => {
      const file = { filename: `film-${n % 500}.mkv`, hash: `hash-${n % 500}` };
      await rest(tracker, '/add', 200, file);
      await rest(tracker, `/peers?filename=${file.filename}`);
      await rest(tracker, '/remove', 200, file);
    },
    () => rest(tracker, '/all_trackers?limit=20'),
    () => rest(gateway, '/health'),
  ];
  return (n) => (mix[n % mix.length] as Send)(n);
}

function unknownId(n: number): string {
  return n.toString(16).padStart(64, '0');
}
