import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type Client, createClient } from 'graphql-ws';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { serveFilms } from '../../../testing/served.ts';

const WATCH = `subscription Watch($ids: [ID!]!) {
  availabilityChanged(ids: $ids) { peerCount file { catalogId size title { name progress } } }
}`;

const served = serveFilms();
const clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
  await expect.poll(() => served.films.subscriptions()).toBe(0);
});

// biome-ignore lint/suspicious/noExplicitAny: events are asserted on, not typed
type Event = any;

function watch(ids: string[], query = WATCH): { events: Event[]; ended: Event[]; stop(): void } {
  const client = createClient({
    url: `${served.gateway.url().replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
  });
  clients.push(client);
  const events: Event[] = [];
  const ended: Event[] = [];
  const stop = client.subscribe(
    { query, variables: { ids } },
    {
      next: (event) => events.push(event),
      error: (error) => ended.push(error),
      complete: () => ended.push('complete'),
    },
  );
  return { events, ended, stop };
}

/** Refuses connections to a port until there has been one. */
async function refusedConnection(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
}

const upstreams = (count: number) => expect.poll(() => served.films.subscriptions()).toBe(count);

async function counted(): Promise<number> {
  const metrics = await (await fetch(`${served.gateway.url()}/metrics`)).text();
  return Number(/^gateway_subscriptions\S* (\d+)$/m.exec(metrics)?.[1]);
}

describe('federated subscriptions', () => {
  it('complete every event from the other subgraphs', async () => {
    const { events } = watch(['f1']);
    await upstreams(1);
    served.films.change({ catalogId: 'f1', peerCount: 3 });
    await expect.poll(() => events).toHaveLength(1);
    expect(events[0]).toEqual({
      data: {
        availabilityChanged: {
          peerCount: 3,
          file: { catalogId: 'f1', size: 1_000, title: { name: 'Title 1', progress: 0.5 } },
        },
      },
    });
  });

  it('complete them from keys, whatever the client calls other fields', async () => {
    const selection = 'catalogId: peerCount file { catalogId: size __typename: catalogId }';
    const { events } = watch(['f1'], `subscription { availabilityChanged(ids: ["f1"]) { ${selection} } }`);
    await upstreams(1);
    served.films.change({ catalogId: 'f1', peerCount: 0 });
    await expect.poll(() => events).toHaveLength(1);
    expect(events[0]).toEqual({
      data: { availabilityChanged: { catalogId: 0, file: { catalogId: 1_000, __typename: 'f1' } } },
    });
  });

  it('share one subscription upstream when alike, and end it with the last client', async () => {
    const all = Array.from({ length: 10 }, () => watch(['f1']));
    const other = watch(['f2']);
    await upstreams(2);
    await vi.waitFor(
      async () => {
        served.films.change({ catalogId: 'f1', peerCount: 4 });
        for (const { events } of all) expect(events.length).toBeGreaterThan(0);
      },
      { timeout: 10_000 },
    );
    expect(other.events).toEqual([]);
    for (const { stop } of all) stop();
    await upstreams(1);
  });

  it('give every client every event in order', async () => {
    const all = Array.from({ length: 5 }, () => watch(['f1', 'f2']));
    await upstreams(1);
    await vi.waitFor(
      async () => {
        served.films.change({ catalogId: 'f2', peerCount: -1 });
        for (const { events } of all) expect(events.length).toBeGreaterThan(0);
      },
      { timeout: 10_000 },
    );
    for (let n = 0; n < 200; n++) served.films.change({ catalogId: n % 3 === 0 ? 'f2' : 'f1', peerCount: n });
    for (const { events } of all) {
      const counts = () =>
        events.map((event) => event.data.availabilityChanged.peerCount).filter((n) => n >= 0);
      await expect.poll(counts).toEqual(Array.from({ length: 200 }, (_value, n) => n));
    }
  });

  it('recover when the subgraph is available again, and say that events may be missing', async () => {
    const { events, ended } = watch(['f1']);
    await upstreams(1);
    served.films.change({ catalogId: 'f1', peerCount: 1 });
    await expect.poll(() => events).toHaveLength(1);
    await served.films.restartTracker(refusedConnection);
    await upstreams(1);
    served.films.change({ catalogId: 'f1', peerCount: 2 });
    await expect.poll(() => events).toHaveLength(2);
    expect(events[0].extensions).toBeUndefined();
    expect(events[1].extensions).toEqual({ mayHaveMissed: true });
    expect(events[1].data.availabilityChanged.peerCount).toBe(2);
    expect(ended).toEqual([]);
  });

  it('end when the subgraph completes them, and are counted no longer', async () => {
    const { ended } = watch(['f1']);
    await upstreams(1);
    expect(await counted()).toBe(1);
    served.films.complete();
    await expect.poll(() => ended).toEqual(['complete']);
    await expect.poll(counted).toBe(0);
  });

  it('refuse what does not validate', async () => {
    const { ended } = watch(['f1'], 'subscription { availabilityChanged(ids: ["f1"]) { nothing } }');
    await expect.poll(() => ended).toHaveLength(1);
    expect(ended[0][0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    const conditional = watch(
      ['f1'],
      'subscription($ids: [ID!]!) { availabilityChanged(ids: $ids) @include(if: true) { peerCount } }',
    );
    await expect.poll(() => conditional.ended).toHaveLength(1);
  });
});
