import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { post, startGateway, testConfig } from '../../../testing/gateway.ts';
import { startSubgraph, type TestSubgraph } from '../../../testing/subgraph.ts';
import type { Gateway } from '../../service.ts';

const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
    import: ["@key", { name: "@cost", as: "@price" }, "@listSize"])
  type Query { films(first: Int): [Film!]! @listSize(assumedSize: 5, slicingArguments: ["first"], requireOneSlicingArgument: false) }
  type Film @key(fields: "id") @price(weight: 2) { id: ID! name: String broken: String }
  type Mutation { rate: Film }
  type Subscription { watched(loud: Boolean @price(weight: 50)): Film }`;
const RATINGS = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
    import: ["@key", { name: "@cost", as: "@price" }])
  type Film @key(fields: "id") @price(weight: 1) { id: ID! stars: Int @price(weight: 1) }`;

const FILM = { id: '1', name: 'Up' };
let asked = 0;
const resolvers = {
  Query: {
    films() {
      asked += 1;
      return [FILM, FILM];
    },
  },
  Film: {
    __resolveReference: () => FILM,
    broken() {
      throw new Error('broken');
    },
  },
  Mutation: { rate: () => FILM },
  Subscription: {
    watched: {
      async *subscribe() {
        asked += 1;
        yield FILM;
        await new Promise(() => {});
      },
      resolve: (film: object) => film,
    },
  },
};

let subgraphs: TestSubgraph[] = [];
let limited: Gateway;
let reporting: Gateway;
let spending: Gateway;
let plain: Gateway;
beforeAll(async () => {
  subgraphs = [
    await startSubgraph({ name: 'films', sdl: SDL, resolvers }),
    await startSubgraph({
      name: 'ratings',
      sdl: RATINGS,
      resolvers: { Film: { __resolveReference: () => ({ id: '1', stars: 5 }) } },
    }),
  ];
  const config = testConfig(subgraphs);
  limited = await startGateway({
    ...config,
    demand: { max: 20, listSize: 10, report: 'asked', budget: null },
  });
  reporting = await startGateway({
    ...config,
    demand: { max: null, listSize: 10, report: 'always', budget: null },
  });
  // So slowly that nothing comes back while the test runs.
  const budget = { perSecond: 1, burst: 20_000 };
  spending = await startGateway({ ...config, demand: { max: null, listSize: 10, report: 'never', budget } });
  plain = await startGateway(config);
});
afterAll(async () => {
  await Promise.all([limited, reporting, spending, plain].map((gateway) => gateway?.stop()));
  await Promise.all(subgraphs.map((subgraph) => subgraph.stop()));
});

const FILMS = 'query ($first: Int) { films(first: $first) { name } }';
const DATA = { films: [{ name: 'Up' }, { name: 'Up' }] };
const tooExpensive = (estimated: number) => ({
  message: `the operation is estimated to cost ${estimated}; at most 20`,
  extensions: { code: 'COST_ESTIMATED_TOO_EXPENSIVE', cost: { estimated, max: 20 } },
});

interface Asked {
  query: string;
  variables?: Record<string, unknown>;
  extensions?: Record<string, unknown>;
}
/** The first result, or the errors there are instead. */
const first = (client: Pick<ReturnType<typeof createSseClient>, 'subscribe'>, request: Asked) =>
  new Promise<unknown>((resolve) => {
    const failed = async (problem: unknown) => {
      const { response } = problem as { response?: Response };
      resolve(response ? await response.json() : { errors: problem });
    };
    client.subscribe<unknown>(request, { next: resolve, error: failed, complete: () => {} });
  });
const onSocket = (request: Asked, gateway = limited) => {
  const client = createClient({
    url: `${gateway.url().replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  return first(client, request).finally(() => client.dispose());
};
const onStream = (request: Asked, gateway = limited) => {
  const client = createSseClient({ url: `${gateway.url()}/graphql/stream`, retryAttempts: 0 });
  return first(client, request).finally(() => client.dispose());
};
const byPost = async (request: Asked, headers: Record<string, string> = {}, gateway = limited) => {
  const answer = await fetch(`${gateway.url()}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(request),
  });
  return answer.json();
};
const byGet = async ({ query, variables, extensions }: Asked) => {
  const params = new URLSearchParams({ query, variables: JSON.stringify(variables ?? {}) });
  if (extensions) params.set('extensions', JSON.stringify(extensions));
  return (await fetch(`${limited.url()}/graphql?${params}`)).json();
};

describe.each([
  ['POST', byPost],
  ['GET', byGet],
  ['WebSocket', onSocket],
  ['an event stream', onStream],
])('an operation by %s', (_name, ask) => {
  it('runs up to the limit, and reaches no subgraph above it', async () => {
    expect(await ask({ query: FILMS, variables: { first: 10 } })).toEqual({ data: DATA });
    asked = 0;
    expect(await ask({ query: FILMS, variables: { first: 11 } })).toEqual({ errors: [tooExpensive(22)] });
    const aliased = '{ a: films { name } b: films { name } c: films(first: 1) { name } }';
    expect(await ask({ query: aliased })).toEqual({ errors: [tooExpensive(22)] });
    expect(asked).toBe(0);
  });

  it('says what it cost when asked', async () => {
    const request = { query: FILMS, variables: { first: 3 }, extensions: { cost: true } };
    expect(await ask(request)).toEqual({
      data: DATA,
      extensions: { cost: { estimated: 6, actual: 4, max: 20 } },
    });
  });
});

it.each([
  ['WebSocket', 'a', onSocket],
  ['an event stream', 'b', onStream],
])('a subscription by %s does not begin above the limit', async (_name, alias, ask) => {
  asked = 0;
  const loud = { query: 'subscription { watched(loud: true) { name } }' };
  expect(await ask(loud)).toEqual({ errors: [tooExpensive(52)] });
  expect(asked).toBe(0);
  // Each has an upstream of its own, as its event comes once.
  const quiet = { query: `subscription { ${alias}: watched { name } }` };
  expect(await ask(quiet)).toEqual({ data: { [alias]: { name: 'Up' } } });
});

it('a subscription in parts does not begin above the limit', async () => {
  const query = encodeURIComponent('subscription { watched(loud: true) { name } }');
  const answer = await fetch(`${limited.url()}/graphql?query=${query}`, {
    headers: { accept: 'multipart/mixed;subscriptionSpec=1.0' },
  });
  expect(await answer.json()).toEqual({ errors: [tooExpensive(52)] });
});

it('is refused as a bad request to clients that know the newer media type', async () => {
  const accept = { accept: 'application/graphql-response+json' };
  expect((await post(limited.url(), FILMS, { first: 11 }, accept)).status).toBe(400);
});

it('the header asks for the cost, too, and no cache keeps such an answer', async () => {
  const answer = await post(limited.url(), FILMS, { first: 3 }, { 'x-operation-cost': 'include' });
  expect(answer.body.extensions).toEqual({ cost: { estimated: 6, actual: 4, max: 20 } });
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

it('always says it where that is configured; weights that differ count as the largest', async () => {
  const query = '{ films(first: 3) { name stars } }';
  expect(await byPost({ query }, {}, reporting)).toEqual({
    data: { films: DATA.films.map((film) => ({ ...film, stars: 5 })) },
    extensions: { cost: { estimated: 9, actual: 6 } },
  });
  expect(await byPost({ query: 'mutation { rate { name } }' }, {}, reporting)).toMatchObject({
    extensions: { cost: { estimated: 12, actual: 12 } },
  });
});

it('of an answer in parts, the first says what is expected', async () => {
  const answer = await fetch(`${reporting.url()}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'multipart/mixed;incrementalSpec=v0.2' },
    body: JSON.stringify({ query: '{ films(first: 1) { name ... @defer { stars } } }' }),
  });
  const text = await answer.text();
  expect(text.match(/"cost":\{[^}]*\}/g)).toEqual(['"cost":{"estimated":3}']);
});

it('is taken from a budget as estimated, and what an answer did not cost is given back', async () => {
  const all = { query: FILMS, variables: { first: 10_000 } };
  // More than there ever is waits for a full budget, and takes all of it.
  const tooMuch = { query: FILMS, variables: { first: 15_000 } };
  expect(await byPost(tooMuch, {}, spending)).toEqual({ data: DATA });
  expect(await byPost(all, {}, spending)).toMatchObject({
    errors: [{ extensions: { code: 'COST_BUDGET_EXCEEDED', cost: { estimated: 20_000 } } }],
  });
  const most = { query: FILMS, variables: { first: 9_900 } };
  for (const ask of [onSocket, onStream]) {
    expect(await ask(most, spending)).toEqual({ data: DATA });
    expect(await ask(all, spending)).toMatchObject({
      errors: [{ extensions: { code: 'COST_BUDGET_EXCEEDED' } }],
    });
  }
  const { status, headers, body } = await post(spending.url(), FILMS, { first: 10_000 });
  expect([status, body.errors[0].extensions.code]).toEqual([429, 'COST_BUDGET_EXCEEDED']);
  expect(Number(headers.get('retry-after'))).toBe(body.errors[0].extensions.retryAfterSeconds);
  expect(body.errors[0].message).toMatch(/try again in \d+ s/);
});

it('is not given back for an answer that failed', async () => {
  const failing = { query: '{ films(first: 1000) { name broken } }' };
  const cost = async () => {
    const { body } = await post(spending.url(), FILMS, { first: 10_000 });
    return body.errors[0].extensions.retryAfterSeconds as number;
  };
  const before = await cost();
  expect(await byPost(failing, {}, spending)).toMatchObject({ errors: [{}, {}] });
  expect(await cost()).toBeGreaterThan(before + 1_000);
});

it('nothing is estimated or said where it is off', async () => {
  const request = { query: FILMS, variables: { first: 1_000 }, extensions: { cost: true } };
  expect(await byPost(request, { 'x-operation-cost': 'include' }, plain)).toEqual({ data: DATA });
});

it('clients do not see weights in the schema', async () => {
  const { body } = await post(plain.url(), '{ __schema { directives { name } } }');
  const names = body.data.__schema.directives.map(({ name }: { name: string }) => name);
  expect(names).not.toEqual(expect.arrayContaining(['price']));
});
