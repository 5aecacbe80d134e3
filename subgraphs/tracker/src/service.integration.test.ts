import { on, RejectMessage } from '@giggityflix/bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { file } from '../testing/fixtures.ts';
import { type RunningTracker, runTracker } from '../testing/running.ts';

let running: RunningTracker;
beforeAll(async () => {
  running = await runTracker();
});
afterAll(() => running.stop());

const AVAILABILITY = `query ($catalogIds: [ID!]!) {
  catalogAvailability(catalogIds: $catalogIds) { catalogId isAvailable peerCount }
}`;
const CHANGES = `subscription ($catalogIds: [ID!]!) {
  catalogAvailabilityChanged(catalogIds: $catalogIds) {
    catalogId isAvailable peerCount changedAt file { catalogId availability { peerCount } }
  }
}`;
const SUBSCRIBE = `mutation ($input: SubscribeToCatalogInput!) {
  subscribeToCatalog(input: $input) { subscription { id catalogId createdAt expiresAt } }
}`;

let files = 10_000;
const newFile = () => {
  files += 1;
  return file(files);
};
const until = (check: () => unknown) => expect.poll(check, { interval: 10 });
const countOf = async (catalogId: string) =>
  (await running.client.request(AVAILABILITY, { catalogIds: [catalogId] })).data.catalogAvailability[0]
    .peerCount;

describe('availability', () => {
  it('answers in the order asked, and false for what no peer has', async () => {
    const [a, b] = [newFile(), newFile()];
    await running.edge.established('order');
    await running.edge.shares('order', [b]);
    await until(() => countOf(b)).toBe(1);
    const { data } = await running.client.request(AVAILABILITY, { catalogIds: [a, 'unheard of', b, a] });
    expect(data.catalogAvailability).toEqual([
      { catalogId: a, isAvailable: false, peerCount: 0 },
      { catalogId: 'unheard of', isAvailable: false, peerCount: 0 },
      { catalogId: b, isAvailable: true, peerCount: 1 },
      { catalogId: a, isAvailable: false, peerCount: 0 },
    ]);
  });

  it('pushes every change, in order', async () => {
    const id = newFile();
    const live = await running.client.subscribe(CHANGES, { catalogIds: [id] });
    await running.edge.shares('push', [id]);
    await running.edge.shares('push-2', [id]);
    await until(() => live.events.length).toBe(2);
    await running.edge.closed('push');
    await until(() => live.events.length).toBe(3);
    await running.edge.closed('push-2');
    await until(() => live.events.length).toBe(4);
    const changes = live.events.map(({ data }) => data.catalogAvailabilityChanged);
    expect(changes.map(({ peerCount }) => peerCount)).toEqual([1, 2, 1, 0]);
    expect(changes.map(({ isAvailable }) => isAvailable)).toEqual([true, true, true, false]);
    expect(changes[3].file.availability.peerCount).toBe(0);
    live.close();
  });

  it('first sends a subscription that was restored what its connection may not have brought', async () => {
    const [id, other] = [newFile(), newFile()];
    const before = await running.client.subscribe(CHANGES, { catalogIds: [id, other] });
    await running.edge.shares('restored', [id]);
    await running.edge.shares('restored-2', [id]);
    await until(() => before.events.length).toBe(2);
    before.close();
    const live = await running.client.subscribe(CHANGES, { catalogIds: [other, id] }, { restored: true });
    await running.edge.closed('restored');
    await until(() => live.events.length).toBe(2);
    const counts = live.events.map(({ data }) => data.catalogAvailabilityChanged.peerCount);
    expect(counts).toEqual([2, 1]);
    live.close();
  });

  it('reads all representations of a request together', async () => {
    const ids = [newFile(), newFile()];
    await running.edge.shares('entities', ids);
    await until(() => countOf(ids[1] as string)).toBe(1);
    const { data } = await running.client.request(
      `query ($of: [_Any!]!) { _entities(representations: $of) { ... on MediaFile { availability { isAvailable peerCount } } } }`,
      { of: [...ids, file(1)].map((catalogId) => ({ __typename: 'MediaFile', catalogId })) },
    );
    expect(
      data._entities.map((entity: { availability: { peerCount: number } }) => entity.availability.peerCount),
    ).toEqual([1, 1, 0]);
  });

  it('refuses too many and too long ids', async () => {
    const refused = async (catalogIds: string[]) =>
      (await running.client.request(AVAILABILITY, { catalogIds })).errors?.[0];
    expect(await refused(Array.from({ length: 501 }, (_, n) => file(n)))).toMatchObject({
      message: expect.stringContaining('500'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
    expect(await refused(['x'.repeat(10_000)])).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  });
});

describe('stored subscriptions', () => {
  it('are matched on the first availability, and their owner is notified', async () => {
    const id = newFile();
    const live = await running.client.subscribe(
      'subscription { catalogSubscriptionMatched { subscriptionId catalogId peerCount matchedAt } }',
    );
    const { data } = await running.client.request(SUBSCRIBE, { input: { catalogId: id, ttlHours: 2 } });
    const { subscription } = data.subscribeToCatalog;
    expect(Date.parse(subscription.expiresAt) - Date.parse(subscription.createdAt)).toBe(2 * 3_600_000);
    const listed = await running.client.request(
      '{ catalogSubscriptions { edges { node { id catalogId } } } }',
    );
    expect(listed.data.catalogSubscriptions.edges).toEqual([
      { node: { id: subscription.id, catalogId: id } },
    ]);
    await running.edge.shares('match', [id]);
    await until(() => live.events.length).toBe(1);
    expect(live.events[0]?.data.catalogSubscriptionMatched).toMatchObject({
      subscriptionId: subscription.id,
      catalogId: id,
      peerCount: 1,
    });
    live.close();
  });

  it('last a day unless asked otherwise, and can be cancelled', async () => {
    const { data } = await running.client.request(SUBSCRIBE, { input: { catalogId: newFile() } });
    const { id, createdAt, expiresAt } = data.subscribeToCatalog.subscription;
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(24 * 3_600_000);
    const cancel = 'mutation ($id: ID!) { cancelCatalogSubscription(id: $id) { cancelled } }';
    expect((await running.client.request(cancel, { id })).data.cancelCatalogSubscription.cancelled).toBe(
      true,
    );
    expect((await running.client.request(cancel, { id })).data.cancelCatalogSubscription.cancelled).toBe(
      false,
    );
    expect((await running.client.request(cancel, { id: 'x' })).data.cancelCatalogSubscription.cancelled).toBe(
      false,
    );
  });

  it.each([
    ['a negative TTL', { ttlHours: -1 }],
    ['a TTL of zero', { ttlHours: 0 }],
    ['a TTL beyond a year', { ttlHours: 8_761 }],
    ['an id that is none', { catalogId: 'x' }],
    ['an id of 10 kB', { catalogId: 'a'.repeat(10_000) }],
    ['a service id with spaces', { serviceId: 'a b' }],
  ])('refuse %s', async (_what, input) => {
    const answer = await running.client.request(SUBSCRIBE, { input: { catalogId: file(1), ...input } });
    expect(answer.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  });
});

describe('peers', () => {
  const PLAYBACK = `query ($id: ID!, $not: [ID!]) { playbackPeer(catalogId: $id, excludePeerIds: $not) { peerId edgeId connectionId } }`;

  it('are chosen for playback by load, and spread', async () => {
    const id = newFile();
    for (const peer of ['busy', 'idle-1', 'idle-2']) {
      await running.edge.established(peer);
      await running.edge.shares(peer, [id]);
    }
    await running.edge.heartbeat('busy', 4);
    await until(() => countOf(id)).toBe(3);
    const choose = async (not: string[] = []) =>
      (await running.client.request(PLAYBACK, { id, not })).data.playbackPeer?.peerId;
    await until(
      async () =>
        (await running.client.request('{ peer(id: "busy") { activeStreams } }')).data.peer?.activeStreams,
    ).toBe(4);
    expect([await choose(), await choose()].sort()).toEqual(['idle-1', 'idle-2']);
    expect(await choose(['idle-1', 'idle-2'])).toBe('busy');
    expect(await choose(['idle-1', 'idle-2', 'busy'])).toBeUndefined();
    expect((await running.client.request(PLAYBACK, { id: 'unknown' })).data.playbackPeer).toBeNull();
  });

  it('are listed newest first, in pages', async () => {
    for (let n = 1; n <= 3; n += 1) await running.edge.established(`listed-${n}`, 100 + n);
    const list = async (after: string | null = null) =>
      (
        await running.client.request(
          'query ($after: String) { peers(first: 2, after: $after) { edges { node { id state edgeId connectedAt lastHeartbeatAt catalogSize } } pageInfo { hasNextPage endCursor } } }',
          { after },
        )
      ).data.peers;
    await until(async () => (await list()).edges[0]?.node.id).toBe('listed-3');
    const page = await list();
    expect(page.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual(['listed-3', 'listed-2']);
    expect(page.pageInfo.hasNextPage).toBe(true);
    const next = await list(page.pageInfo.endCursor);
    expect(next.edges[0].node).toMatchObject({ id: 'listed-1', state: 'CONNECTED', edgeId: 'edge-1' });
  });
});

describe('commands to peers', () => {
  const HASH = `mutation ($input: RequestFileHashInput!) {
    requestFileHash(input: $input) { requestId hashes { algorithm value } error { code message } }
  }`;

  it('reach the edge of the peer, and bring its answer back', async () => {
    await running.edge.established('commanded');
    await until(
      async () => (await running.client.request('{ peer(id: "commanded") { state } }')).data.peer?.state,
    ).toBe('CONNECTED');
    const edge = await running.bus.consume({
      groupId: 'edge',
      from: 'earliest',
      routes: [
        on(running.topics.edgeCommands('edge-1'), async ({ value }) => {
          if (value.reply_to !== running.topics.fileHashResponses.name)
            throw new RejectMessage('wrong topic');
          const refuses = value.parameters.catalog_id === file(2);
          await running.bus.publish({
            topic: running.topics.fileHashResponses,
            key: value.peer_id,
            value: {
              request_id: value.request_id,
              peer_id: value.peer_id,
              success: !refuses,
              error: refuses ? 'no such file' : null,
              result: refuses ? {} : { hashes: { md5: 'd41d8cd98f00b204e9800998ecf8427e' } },
              timestamp: new Date().toISOString(),
            },
          });
        }),
      ],
    });
    const ask = async (catalogId: string) =>
      (
        await running.client.request(HASH, {
          input: { peerId: 'commanded', catalogId, algorithms: ['md5'] },
        })
      ).data.requestFileHash;
    expect(await ask(file(1))).toMatchObject({
      hashes: [{ algorithm: 'md5', value: 'd41d8cd98f00b204e9800998ecf8427e' }],
      error: null,
    });
    expect(await ask(file(2))).toMatchObject({
      hashes: null,
      error: { code: 'FAILED', message: 'no such file' },
    });
    await edge.stop();
  });

  it('fail at once for a peer that is not connected', async () => {
    const { data } = await running.client.request(HASH, {
      input: { peerId: 'unknown', catalogId: file(1) },
    });
    expect(data.requestFileHash.error.code).toBe('PEER_OFFLINE');
  });
});

describe('roles', () => {
  it('are asked for where the schema says so', async () => {
    const strict = await runTracker({ AUTH_MODE: 'jwt', SERVICE_TOKENS: 's3cret-token' });
    const code = async (query: string, token?: string) =>
      (await strict.client.request(query, {}, { token })).errors?.[0]?.extensions?.code;
    expect(await code('{ peers(first: 1) { edges { cursor } } }')).toBe('UNAUTHENTICATED');
    expect(await code('{ peers(first: 1) { edges { cursor } } }', 's3cret-token')).toBe('FORBIDDEN');
    expect(await code(`{ playbackPeer(catalogId: "${file(1)}") { peerId } }`)).toBe('UNAUTHENTICATED');
    expect(
      await code(`{ playbackPeer(catalogId: "${file(1)}") { peerId } }`, 's3cret-token'),
    ).toBeUndefined();
    expect(
      await code(`mutation { subscribeToCatalog(input: {catalogId: "${file(1)}"}) { subscription { id } } }`),
    ).toBe('UNAUTHENTICATED');
    expect(
      await code(`mutation { deletePeerFile(input: {peerId: "p", catalogId: "${file(1)}"}) { deleted } }`),
    ).toBe('UNAUTHENTICATED');
    expect(await code(`{ catalogAvailability(catalogIds: ["${file(1)}"]) { peerCount } }`)).toBeUndefined();
    await strict.stop();
  });
});

it('is ready, and measured', async () => {
  expect(await (await fetch(`${running.url}/ready`)).json()).toEqual({ status: 'ready' });
  const metrics = await (await fetch(`${running.url}/metrics`)).text();
  expect(metrics).toMatch(/tracker_peers\{state="CONNECTED",service="tracker"\} [1-9]/);
  expect(metrics).toMatch(/tracker_events_total\{type="catalog_updated",service="tracker"\} [1-9]/);
});
