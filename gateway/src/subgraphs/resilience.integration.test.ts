import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Films, startFilms } from '../../testing/films.ts';
import { post, startGateway, testConfig } from '../../testing/gateway.ts';
import { compose } from '../graph/compose.ts';
import type { Gateway } from '../service.ts';

const stopping: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of stopping.splice(0).reverse()) await one.stop();
});
const films = async (): Promise<Films> => track(await startFilms());
const track = <T extends { stop(): Promise<void> }>(one: T): T => {
  stopping.push(one);
  return one;
};

/** Asks again and again until it is stopped; gives how often, and the answers that were not as expected. */
function load(gateway: Gateway, query: string, isFine: (answer: { status: number; body: never }) => boolean) {
  const failures: unknown[] = [];
  let count = 0;
  let stopped = false;
  const worker = async () => {
    while (!stopped) {
      const answer = await post(gateway.url(), query).catch((error: Error) => ({
        status: 0,
        body: error as never,
      }));
      count += 1;
      if (!isFine(answer as never)) failures.push(answer);
    }
  };
  const workers = Promise.all([worker(), worker(), worker(), worker()]);
  return {
    count: () => count,
    async stop() {
      stopped = true;
      await workers;
      return failures;
    },
  };
}

describe('a subgraph that becomes unavailable', () => {
  it('leaves the fields of the others answering, and is used again within a second of its return', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const graph = await films();
    const gateway = track(await startGateway(testConfig(graph.addresses)));
    const others = load(gateway, '{ title(id: "1") { name progress } }', ({ body }) => {
      return JSON.stringify(body) === '{"data":{"title":{"name":"Title 1","progress":0.5}}}';
    });
    await expect.poll(() => others.count()).toBeGreaterThan(20);
    const withoutTracker = async () => {
      const { body } = await post(gateway.url(), '{ title(id: "1") { name } whoAmI }');
      expect(body.data).toEqual({ title: { name: 'Title 1' }, whoAmI: null });
      expect(body.errors[0].extensions).toEqual({ code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'tracker' });
    };
    await graph.restartTracker(async () => {
      for (let requests = 0; requests < 10; requests += 1) await withoutTracker();
    });
    // So many failures in a row have opened the breaker, and time stands still.
    await withoutTracker();
    // A probe may still meet a connection from before.
    const answers: unknown[] = [];
    for (let waitedMs = 0; waitedMs < 1_000; waitedMs += 250) {
      vi.setSystemTime(Date.now() + 250);
      answers.push((await post(gateway.url(), '{ whoAmI }')).body);
    }
    expect(answers.at(-1)).toEqual({ data: { whoAmI: 'demo' } });
    expect(await others.stop()).toEqual([]);
  });

  it('leaves the gateway ready for the rest, and is named', async () => {
    const graph = await films();
    const gateway = track(await startGateway(testConfig(graph.addresses)));
    await graph.viewing.stop();
    const answer = await fetch(`${gateway.url()}/ready`);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { status: 'ready', unavailable: ['viewing'] },
    ]);
    expect(await (await fetch(`${gateway.url()}/metrics`)).text()).toMatch(
      /^gateway_subgraphs_unavailable\{.*\} 1$/m,
    );
  });
});

describe('a changing schema', () => {
  it('fails no request, keeps serving when the new one is broken, and asks subscribers to reconnect', async () => {
    const graph = await films();
    const directory = mkdtempSync(join(tmpdir(), 'supergraph-'));
    stopping.unshift({ stop: async () => rmSync(directory, { recursive: true }) });
    const file = join(directory, 'supergraph.graphql');
    const versions = await Promise.all(['', '# changed'].map((comment) => supergraphOf(graph, comment)));
    writeFileSync(file, versions[0]!);
    const config = testConfig([]);
    const gateway = track(await startGateway({ ...config, supergraph: { ...config.supergraph, file } }));
    const closed: number[] = [];
    const client = createClient({
      url: `${gateway.url().replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryWait: async () => {},
      shouldRetry: () => true,
      on: { closed: (event) => closed.push((event as { code: number }).code) },
    });
    const events: unknown[] = [];
    client.subscribe(
      { query: 'subscription { availabilityChanged(ids: ["f1"]) { peerCount } }' },
      { next: (event) => events.push(event), error: () => {}, complete: () => {} },
    );
    await expect.poll(() => graph.subscriptions()).toBe(1);
    const running = load(gateway, '{ titles(first: 2) { name files { peerCount } } }', ({ status, body }) => {
      return status === 200 && !('errors' in (body as object));
    });
    for (let n = 1; n <= 20; n++) {
      writeFileSync(file, versions[n % 2]!);
      expect(await gateway.reload()).toBe(true);
    }
    writeFileSync(file, 'type Query { nothing: Int }');
    await expect(gateway.reload()).rejects.toThrow(/supergraph\.graphql:1: this is not a supergraph/);
    expect(await running.stop()).toEqual([]);
    expect(running.count()).toBeGreaterThan(20);

    await expect.poll(() => closed).toContain(4205);
    await expect
      .poll(() => {
        graph.change({ catalogId: 'f1', peerCount: 9 });
        return events;
      })
      .toContainEqual({ data: { availabilityChanged: { peerCount: 9 } } });
    await client.dispose();
  }, 20_000);

  it('that does not compose is reported with file and line', async () => {
    const composition = await compose([
      {
        name: 'a',
        url: 'http://a',
        origin: 'a/schema.graphql',
        sdl: 'type Query {\n  one: Int\n  two: Missing\n}',
      },
      { name: 'b', url: 'http://b', origin: 'b/schema.graphql', sdl: 'type Query { three: Int' },
    ]);
    expect(composition).toEqual({
      ok: false,
      problems: [expect.stringMatching(/^b\/schema\.graphql:1: Syntax Error/)],
    });
    const unknown = await compose([
      {
        name: 'a',
        url: 'http://a',
        origin: 'a/schema.graphql',
        sdl: 'type Query {\n  one: Int\n  two: Missing\n}',
      },
    ]);
    expect(unknown).toEqual({
      ok: false,
      problems: [expect.stringMatching(/^a\/schema\.graphql:3: .*Missing/)],
    });
  });
});

async function supergraphOf(graph: Films, comment: string): Promise<string> {
  const sources = await Promise.all(
    graph.addresses.map(async ({ name, url }) => {
      const { body } = await post(url.replace('/graphql', ''), '{ _service { sdl } }');
      return { name, url, sdl: body.data._service.sdl as string, origin: url };
    }),
  );
  const composition = await compose(sources);
  if (!composition.ok) throw new Error(composition.problems.join('\n'));
  return `${composition.sdl}\n${comment}\n`;
}
