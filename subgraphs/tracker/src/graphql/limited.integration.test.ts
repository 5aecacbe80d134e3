import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Authenticator, NOT_LIMITED } from '@giggityflix/http';
import { createGraphQLClient, type GraphQLTestClient } from '@giggityflix/testing/processes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { file } from '../../testing/fixtures.ts';
import { type RunningTracker, runTracker } from '../../testing/running.ts';

const [SEEN, HIDDEN] = [file(1), file(2)];

/** `kid` is limited. */
const authenticator: Authenticator = {
  async authenticate(authorization) {
    const userId = authorization?.replace('Bearer ', '') || 'free';
    const limits = userId === 'kid' ? { libraries: null, ratingLimit: 6 } : NOT_LIMITED;
    const rest = { expiresAt: null, issuedAt: null, deviceId: null, profileId: null, scopes: [] };
    return { userId: 'ann', roles: ['viewer', 'operator', 'service'], ...rest, limits };
  },
};

let catalog: Server;
let allows: boolean;
let questions: { catalog_ids: string[]; rating_limit: number }[];
let running: RunningTracker;
let kid: GraphQLTestClient;
let free: GraphQLTestClient;

beforeEach(async () => {
  allows = true;
  questions = [];
  catalog = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    questions.push(body);
    response.writeHead(allows ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ allowed: body.catalog_ids.filter((id: string) => id === SEEN) }));
  });
  await new Promise<void>((resolve) => catalog.listen(0, '127.0.0.1', resolve));
  const { port } = catalog.address() as AddressInfo;
  running = await runTracker({ CATALOG_SERVICE_URL: `http://127.0.0.1:${port}` }, { authenticator });
  kid = createGraphQLClient(running.url, { token: 'kid' });
  free = createGraphQLClient(running.url, { token: 'free' });
});
afterEach(async () => {
  await Promise.all([kid.close(), free.close()]);
  await running.stop();
  catalog.closeAllConnections();
  await new Promise((resolve) => catalog.close(resolve));
});

async function share(): Promise<void> {
  await running.edge.established('peer');
  await running.edge.shares('peer', [SEEN, HIDDEN]);
  await expect.poll(async () => (await counts(free)).availability).toEqual([1, 1]);
}

const COUNTS = `query($ids: [ID!]!, $entities: [_Any!]!) {
  catalogAvailability(catalogIds: $ids) { peerCount file { catalogId } }
  _entities(representations: $entities) { ... on MediaFile { availability { peerCount isAvailable } } } }`;
async function counts(client: GraphQLTestClient) {
  const ids = [SEEN, HIDDEN];
  const entities = ids.map((id) => ({ __typename: 'MediaFile', catalogId: id }));
  const { data } = await client.request(COUNTS, { ids, entities });
  type Counted = { peerCount: number; file: object | null };
  const found = data as { catalogAvailability: Counted[]; _entities: { availability: Counted }[] };
  return {
    availability: found.catalogAvailability.map(({ peerCount }) => peerCount),
    files: found.catalogAvailability.map(({ file }) => file !== null),
    entities: found._entities.map(({ availability }) => availability.peerCount),
  };
}

describe('for someone who is limited', () => {
  it('no peer has what is hidden, in one question to the catalog', async () => {
    await share();
    expect(questions).toEqual([]);
    expect(await counts(kid)).toEqual({ availability: [1, 0], files: [true, false], entities: [1, 0] });
    expect(questions).toEqual([{ catalog_ids: [SEEN, HIDDEN], libraries: null, rating_limit: 6 }]);
  });

  it('no peer has anything while the catalog cannot be asked', async () => {
    allows = false;
    await share();
    expect(await counts(kid)).toEqual({ availability: [0, 0], files: [false, false], entities: [0, 0] });
    expect((await counts(free)).entities).toEqual([1, 1]);
  });

  it('changes and matches are those of what is seen', async () => {
    const CHANGES =
      'subscription($ids: [ID!]!) { catalogAvailabilityChanged(catalogIds: $ids) { catalogId } }';
    const [limited, all] = await Promise.all([
      kid.subscribe(CHANGES, { ids: [HIDDEN, SEEN] }),
      free.subscribe(CHANGES, { ids: [HIDDEN, SEEN] }),
    ]);
    const SUBSCRIBE =
      'mutation($id: ID!) { subscribeToCatalog(input: { catalogId: $id }) { subscription { id catalogId } } }';
    const LIST = '{ catalogSubscriptions { edges { node { catalogId } } } }';
    for (const id of [HIDDEN, SEEN]) {
      const { data } = await kid.request(SUBSCRIBE, { id });
      expect(data).toMatchObject({ subscribeToCatalog: { subscription: { catalogId: id } } });
    }
    expect((await kid.request(LIST)).data).toEqual({
      catalogSubscriptions: { edges: [{ node: { catalogId: SEEN } }] },
    });
    const matches = await kid.subscribe('subscription { catalogSubscriptionMatched { catalogId } }');
    await free.request(SUBSCRIBE, { id: HIDDEN });
    await share();
    await expect.poll(() => all.events).toHaveLength(2);
    await expect
      .poll(() => matches.events)
      .toEqual([{ data: { catalogSubscriptionMatched: { catalogId: SEEN } } }]);
    await expect
      .poll(() => limited.events)
      .toEqual([{ data: { catalogAvailabilityChanged: { catalogId: SEEN } } }]);
    for (const subscription of [limited, all, matches]) subscription.close();
  });

  it('the registry of files has none', async () => {
    await fetch(`${running.url}/add?filename=film.mkv&hash=abc`, { method: 'POST' });
    const read = async (path: string, token: string) =>
      (await fetch(`${running.url}${path}`, { headers: { authorization: `Bearer ${token}` } })).json();
    expect(await read('/all_trackers', 'kid')).toEqual({ files: [], cursor: null });
    expect(await read('/peers?filename=film.mkv', 'kid')).toEqual({ filename: 'film.mkv', peers: [] });
    expect((await read('/peers?filename=film.mkv', 'free')) as object).toMatchObject({
      peers: [{ hash: 'abc' }],
    });
  });
});
