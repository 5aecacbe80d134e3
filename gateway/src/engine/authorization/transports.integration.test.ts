import { createHash } from 'node:crypto';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { post, startGateway, testConfig } from '../../../testing/gateway.ts';
import { createTestIssuer, type TestIssuer } from '../../../testing/issuer.ts';
import { startSubgraph, type TestSubgraph } from '../../../testing/subgraph.ts';
import type { Gateway } from '../../service.ts';

const SDL = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
    import: ["@authenticated", "@requiresScopes", "@policy", "@shareable"])
  type Query {
    clear: String
    film: Film
    secret: String @authenticated
  }
  type Film @shareable { name: String earned: Int @requiresScopes(scopes: [["earnings"]]) cut: String @policy(policies: [["role:operator"]]) }
  type Mutation { ping: String erase: String @policy(policies: [["role:operator"]]) }
  type Subscription { watched: Film @authenticated ticked: Film }`;

const FILM = { name: 'Up', earned: 7, cut: 'long' };
let asked: string[] = [];
const note = <T>(name: string, value: T) => {
  return () => {
    asked.push(name);
    return value;
  };
};
async function* films() {
  yield FILM;
  await new Promise(() => {});
}
const resolvers = {
  Query: { clear: note('clear', 'clear'), film: note('film', FILM), secret: note('secret', 's') },
  Mutation: { ping: note('ping', 'pong'), erase: note('erase', 'erased') },
  Subscription: {
    watched: { subscribe: films, resolve: (film: object) => film },
    ticked: { subscribe: films, resolve: (film: object) => film },
  },
};

let issuer: TestIssuer;
let subgraph: TestSubgraph;
let gateway: Gateway;
let strict: Gateway;
let safelisted: Gateway;
const SAFE = '{ clear secret film { name earned cut } }';
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

beforeAll(async () => {
  issuer = await createTestIssuer();
  subgraph = await startSubgraph({ name: 'films', sdl: SDL, resolvers, auth: issuer.auth });
  const config = { ...testConfig([subgraph]), auth: issuer.auth };
  gateway = await startGateway(config);
  strict = await startGateway({ ...config, onUnauthorized: 'reject' });
  safelisted = await startGateway({ ...config, safelist: new Map([[hash(SAFE), SAFE]]) });
});
afterAll(async () => {
  await Promise.all([gateway, strict, safelisted].map((running) => running?.stop()));
  await subgraph?.stop();
  issuer?.remove();
});

const denial = (...path: string[]) =>
  expect.objectContaining({ path, extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } });
const FILTERED = {
  data: { clear: 'clear', secret: null, film: { name: 'Up', earned: null, cut: null } },
  errors: [denial('secret'), denial('film', 'earned'), denial('film', 'cut')],
};
const WHOLE = { data: { clear: 'clear', secret: 's', film: FILM } };
const whole = () => issuer.bearer({ roles: ['operator'], scope: 'other earnings' });
const get = async (params: Record<string, string>, headers: Record<string, string> = {}, to = gateway) => {
  const response = await fetch(`${to.url()}/graphql?${new URLSearchParams(params)}`, { headers });
  return { body: await response.json(), cacheControl: response.headers.get('cache-control') };
};

describe('a query is answered by what its token is for', () => {
  it('by POST and GET', async () => {
    const authorization = await whole();
    const identities: [Record<string, string>, object][] = [
      [{}, FILTERED],
      [{ authorization }, WHOLE],
      [{}, FILTERED],
    ];
    for (const [headers, expected] of identities) {
      expect((await post(gateway.url(), SAFE, {}, headers)).body).toEqual(expected);
      expect((await get({ query: SAFE }, headers)).body).toEqual(expected);
    }
  });

  it.each([
    [{ scp: ['earnings'] }, { earned: 7, cut: null }],
    [{ scp: 'a earnings' }, { earned: 7, cut: null }],
    [{ scope: 'earning s' }, { earned: null, cut: null }],
    [{ scope: 7 }, { earned: null, cut: null }],
    [{ roles: ['operator'] }, { earned: null, cut: 'long' }],
    [{ roles: ['role:operator'] }, { earned: null, cut: null }],
  ])('%j', async (claims, film) => {
    const headers = { authorization: await issuer.bearer(claims) };
    const { body } = await post(gateway.url(), '{ film { earned cut name } }', {}, headers);
    expect(body.data).toEqual({ film: { name: 'Up', ...film } });
  });

  it('as a persisted document, whoever sent it first', async () => {
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hash(SAFE) } });
    const authorization = await whole();
    expect((await get({ query: SAFE, extensions }, { authorization })).body).toEqual(WHOLE);
    expect((await get({ extensions })).body).toEqual(FILTERED);
    expect((await get({ extensions }, { authorization })).body).toEqual(WHOLE);
  });

  it('as an operation of the safelist', async () => {
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hash(SAFE) } });
    expect((await get({ extensions }, {}, safelisted)).body).toEqual(FILTERED);
    expect((await get({ extensions }, { authorization: await whole() }, safelisted)).body).toEqual(WHOLE);
  });

  it('and no cache keeps it for others', async () => {
    const { cacheControl } = await get({ query: SAFE }, { authorization: await whole() });
    expect(cacheControl).toBe('no-store');
  });
});

it('a mutation that is denied is not run', async () => {
  asked = [];
  const query = 'mutation { again: erase ...M } fragment M on Mutation { erase ping }';
  const { body } = await post(gateway.url(), query);
  expect(body).toEqual({
    data: { again: null, erase: null, ping: 'pong' },
    errors: [denial('again'), denial('erase')],
  });
  expect(asked).toEqual(['ping']);
});

it('a request of which nothing is left reaches no subgraph', async () => {
  asked = [];
  const accept = { accept: 'application/graphql-response+json' };
  const { status, body } = await post(gateway.url(), '{ secret }', {}, accept);
  expect({ status, body }).toEqual({
    status: 200,
    body: { data: { secret: null }, errors: [denial('secret')] },
  });
  expect(asked).toEqual([]);
});

it('where operations are refused as a whole, nothing is run', async () => {
  asked = [];
  const accept = { accept: 'application/graphql-response+json' };
  expect(await post(strict.url(), '{ clear x: secret }', {}, accept)).toMatchObject({
    status: 403,
    body: { errors: [denial('x')] },
  });
  expect(asked).toEqual([]);
});

const onSocket = async (query: string, authorization?: string) => {
  const client = createClient({
    url: `${gateway.url().replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
  });
  return first(client, query).finally(() => client.dispose());
};
const onStream = (query: string, authorization?: string) => {
  const client = createSseClient({
    url: `${gateway.url()}/graphql/stream`,
    headers: authorization ? { authorization } : {},
    retryAttempts: 0,
  });
  return first(client, query).finally(() => client.dispose());
};

/** The first result, or the errors there are instead. */
function first(
  client: Pick<ReturnType<typeof createSseClient>, 'subscribe'>,
  query: string,
): Promise<unknown> {
  return new Promise((resolve) => {
    client.subscribe<unknown>(
      { query },
      { next: resolve, error: (problem) => resolve(reasonOf(problem)), complete: () => {} },
    );
  });
}

describe.each([
  ['WebSocket', onSocket],
  ['event stream', onStream],
])('over %s', (_name, ask) => {
  it('queries are filtered', async () => {
    expect(await ask(SAFE)).toEqual(FILTERED);
    expect(await ask(SAFE, await whole())).toEqual(WHOLE);
  });

  it('events are filtered, each subscriber’s by its own token', async () => {
    const query = 'subscription { ticked { name earned } }';
    const filtered = { data: { ticked: { name: 'Up', earned: null } }, errors: [denial('ticked', 'earned')] };
    const answers = await Promise.all([ask(query), whole().then((token) => ask(query, token)), ask(query)]);
    expect(answers).toEqual([filtered, { data: { ticked: { name: 'Up', earned: 7 } } }, filtered]);
  });

  it('a subscription that is denied does not begin', async () => {
    const refused = JSON.stringify(await ask('subscription { x: watched { name } }'));
    expect(refused).toContain('Unauthorized field or type');
    expect(await ask('subscription { watched { name } }', await issuer.bearer({}))).toEqual({
      data: { watched: { name: 'Up' } },
    });
  });
});

const reasonOf = async (problem: unknown) => {
  const { response } = problem as { response?: Response };
  return response ? response.json() : problem;
};

it('a subscription ends with the token that allowed it', async () => {
  const authorization = await issuer.bearer({}, 3);
  const closed = new Promise((resolve) => {
    const client = createClient({
      url: `${gateway.url().replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization },
      retryAttempts: 0,
      on: { closed: (event) => resolve((event as { code: number }).code) },
    });
    client.subscribe(
      { query: 'subscription { watched { name } }' },
      { next() {}, error() {}, complete() {} },
    );
  });
  const streamed = new Promise((resolve) => {
    const client = createSseClient({
      url: `${gateway.url()}/graphql/stream`,
      headers: { authorization },
      retryAttempts: 0,
    });
    client.subscribe(
      { query: 'subscription { watched { name } }' },
      { next() {}, error: resolve, complete: () => resolve('ended') },
    );
  });
  expect(await closed).toBe(4403);
  expect(await streamed).toBeDefined();
}, 60_000);
