import { once } from 'node:events';
import { connect } from 'node:net';
import {
  AuthenticationError,
  type Authenticator,
  createHttpServer,
  type HttpServer,
  type Identity,
} from '@giggityflix/http';
import { composeServices, createEventHub, createLogger, READY, type Service } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import { parse } from 'graphql';
import { CloseCode, createClient } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { badInput } from './errors.ts';
import { createSubgraph, requireIdentity, requireRole, type SubgraphContext } from './subgraph.ts';

const typeDefs = parse(/* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query {
    me: String!
    operate: String!
    bad: String
    bug(secret: String): String
    twice(n: Int!): Int!
  }
  type Subscription {
    ticks: Tick!
    broken: Int!
    private: Int!
  }
  type Tick {
    n: Int!
    context: Int!
    bug: Int
  }
`);

interface Context extends SubgraphContext {
  serial: number;
}
let serial = 0;
let expiresAt: number | null = null;
const hub = createEventHub<{ n: number }>();
const resolvers = {
  Query: {
    me: (_: unknown, __: unknown, context: Context) => requireIdentity(context).userId,
    operate: (_: unknown, __: unknown, context: Context) => requireRole(context, 'operator').userId,
    bad: () => {
      throw badInput('n is odd');
    },
    bug: () => {
      throw new Error('password is hunter2');
    },
    twice: (_: unknown, { n }: { n: number }) => 2 * n,
  },
  Subscription: {
    ticks: { subscribe: () => hub.read(['ticks']), resolve: (tick: { n: number }) => tick },
    broken: {
      async *subscribe() {
        yield { broken: 1 };
        throw new Error('password is hunter2');
      },
    },
    private: {
      subscribe: (_: unknown, __: unknown, context: Context) => {
        requireIdentity(context);
        return hub.read(['ticks']);
      },
    },
  },
  Tick: {
    context: (_: unknown, __: unknown, context: Context) => context.serial,
    bug: () => {
      throw new Error('password is hunter2');
    },
  },
};
const authenticator: Authenticator = {
  async authenticate(authorization): Promise<Identity | null> {
    if (authorization === undefined) return null;
    if (authorization === 'Bearer unverifiable') throw new Error('the issuer is unavailable');
    if (authorization !== 'Bearer good') throw new AuthenticationError('it is forged');
    return { userId: 'ann', roles: ['viewer'], expiresAt };
  },
};

const lines: string[] = [];
let http: HttpServer;
let service: Service;
let url: string;
beforeEach(async () => {
  const logger = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });
  http = createHttpServer({
    name: 'test',
    host: '127.0.0.1',
    port: 0,
    logger,
    metrics: createMetrics('test', { processMetrics: false }),
    ready: () => READY,
  });
  const context = (base: SubgraphContext) => ({ ...base, serial: ++serial });
  const subgraph = createSubgraph<Context>({
    name: 'test',
    http,
    typeDefs,
    resolvers,
    authenticator,
    logger,
    context,
  });
  service = composeServices({ subgraph, http });
  await service.start();
  url = `${http.address().url}/graphql`;
});
afterEach(async () => {
  expiresAt = null;
  lines.length = 0;
  await service.stop();
});

async function query(body: object, authorization?: string) {
  const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return {
    status: response.status,
    ...((await response.json()) as { data?: unknown; errors?: GraphQLFailure[] }),
  };
}
interface GraphQLFailure {
  message: string;
  extensions: { code: string };
}

describe('a query', () => {
  it('is answered for who asks', async () => {
    expect(await query({ query: '{ me }' }, 'Bearer good')).toEqual({ status: 200, data: { me: 'ann' } });
  });

  it.each([
    ['{ me }', undefined, 'UNAUTHENTICATED', 200],
    ['{ operate }', 'Bearer good', 'FORBIDDEN', 200],
    ['{ me }', 'Bearer forged', 'UNAUTHENTICATED', 401],
    ['{ me }', 'Bearer unverifiable', 'SERVICE_UNAVAILABLE', 503],
    ['{ bad }', undefined, 'BAD_USER_INPUT', 200],
    ['{ twice(n: "x") }', undefined, 'GRAPHQL_VALIDATION_FAILED', 400],
    ['query($n: Int!) { twice(n: $n) }', undefined, 'BAD_USER_INPUT', 400],
    ['{ twice', undefined, 'GRAPHQL_PARSE_FAILED', 400],
  ])('%s with %s fails with %s', async (text, authorization, code, status) => {
    const answer = await query({ query: text }, authorization);
    expect([answer.errors?.[0]?.extensions.code, answer.status]).toEqual([code, status]);
    expect(answer.errors?.[0]?.extensions).not.toHaveProperty('http');
    expect(answer.errors?.[0]?.extensions).not.toHaveProperty('stacktrace');
  });

  it('hides what nobody expected from the client, not from the log', async () => {
    const answer = await query({ query: '{ bug }' });
    expect(answer).toMatchObject({
      data: { bug: null },
      errors: [
        {
          message: 'the request could not be completed',
          path: ['bug'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
        },
      ],
    });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    expect(lines.join('')).toContain('hunter2');
  });
});

describe('a subscription', () => {
  const open = (authorization?: string) => {
    const closed: { code: number; reason: string }[] = [];
    const client = createClient({
      url: url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: authorization ? { authorization } : {},
      on: { closed: (event) => closed.push(event as { code: number; reason: string }) },
    });
    const subscribe = (text: string, variables?: Record<string, unknown>) => {
      const results: unknown[] = [];
      const ended = new Promise<unknown>((resolve) => {
        client.subscribe(
          { query: text, variables },
          { next: (result) => results.push(result), error: resolve, complete: () => resolve('complete') },
        );
      });
      return { results, ended };
    };
    return { client, subscribe, closed };
  };
  const listening = (count: number) => vi.waitFor(() => expect(hub.readers).toBe(count));

  it('gets each event with a context of its own', async () => {
    const { client, subscribe } = open();
    const { results } = subscribe('subscription { ticks { n context } }');
    await listening(1);
    hub.emit('ticks', { n: 1 });
    hub.emit('ticks', { n: 2 });
    await vi.waitFor(() => expect(results).toHaveLength(2));
    const [one, two] = results as { data: { ticks: { n: number; context: number } } }[];
    expect([one?.data.ticks.n, two?.data.ticks.n]).toEqual([1, 2]);
    expect(two?.data.ticks.context).toBeGreaterThan(one?.data.ticks.context as number);
    await client.dispose();
    await listening(0);
  });

  it('ends its source at once when the client leaves, though no event comes', async () => {
    const { client, subscribe } = open();
    subscribe('subscription { ticks { n } }');
    await listening(1);
    await client.dispose();
    await listening(0);
  });

  it('hides what nobody expected, in an event, in its source and at its start', async () => {
    const { client, subscribe } = open();
    const ticks = subscribe('subscription { ticks { n bug } }');
    await listening(1);
    hub.emit('ticks', { n: 1 });
    await vi.waitFor(() => expect(ticks.results).toHaveLength(1));
    expect(ticks.results[0]).toMatchObject({
      data: { ticks: { n: 1, bug: null } },
      errors: [{ path: ['ticks', 'bug'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    const broken = subscribe('subscription { broken }');
    expect(await broken.ended).toMatchObject([
      { message: 'the request could not be completed', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    expect(broken.results).toEqual([{ data: { broken: 1 } }]);
    const refused = subscribe('subscription { private }');
    await refused.ended;
    expect(refused.results).toMatchObject([{ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }]);
    expect(JSON.stringify([ticks.results, refused.results])).not.toContain('hunter2');
    await client.dispose();
  });

  it.each([
    ['subscription { ticks', 'GRAPHQL_PARSE_FAILED'],
    ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('that is not one (%s) leaves the others of its socket alone', async (text, code) => {
    const { client, subscribe, closed } = open();
    const { results } = subscribe('subscription { ticks { n } }');
    await listening(1);
    expect(await subscribe(text).ended).toMatchObject([{ extensions: { code } }]);
    hub.emit('ticks', { n: 1 });
    await vi.waitFor(() => expect(results).toHaveLength(1));
    expect(closed).toEqual([]);
    await client.dispose();
  });

  it('also answers queries on the socket', async () => {
    const { client, subscribe } = open('Bearer good');
    const { results, ended } = subscribe('query($n: Int!) { me twice(n: $n) }', { n: 2 });
    await ended;
    expect(results).toEqual([{ data: { me: 'ann', twice: 4 } }]);
    await client.dispose();
  });

  it('is closed to credentials that do not hold', async () => {
    const { subscribe, closed } = open('Bearer forged');
    await subscribe('{ me }').ended;
    expect(closed[0]?.code).toBe(CloseCode.Forbidden);
  });

  it('ends when its credentials expire', async () => {
    expiresAt = Date.now() + 150;
    const { subscribe, closed } = open('Bearer good');
    await subscribe('subscription { private }').ended;
    expect(closed[0]).toMatchObject({ code: CloseCode.Forbidden, reason: 'the credentials have expired' });
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
    await listening(0);
  });

  it('ends with the server', async () => {
    const { subscribe, closed } = open();
    const { ended } = subscribe('subscription { ticks { n } }');
    await listening(1);
    await service.stop();
    await ended;
    expect(closed[0]?.code).toBe(1001);
    expect(hub.readers).toBe(0);
  });
});

it.each(['', 'a b', '['])('a query is answered whatever its Host header says: %j', async (host) => {
  const socket = connect(http.address().port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const body = JSON.stringify({ query: '{ twice(n: 1) }' });
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 200/);
});

it.each(['//', '/else', '/graphql/x', '/%'])(
  'an upgrade of %s is refused and harms nothing',
  async (path) => {
    const socket = connect(http.address().port, '127.0.0.1');
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 404/);
    socket.destroy();
    expect((await query({ query: '{ twice(n: 1) }' })).data).toEqual({ twice: 2 });
  },
);

it('upgrade requests whose senders are gone before the answer end nothing', async () => {
  for (let n = 0; n < 50; n++) {
    const socket = connect(http.address().port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /else HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', () =>
      socket.resetAndDestroy(),
    );
    await once(socket, 'close');
  }
  expect((await query({ query: '{ twice(n: 1) }' })).data).toEqual({ twice: 2 });
});

it('a frame that breaks the WebSocket protocol closes its socket, and leaves no stack on standard error', async () => {
  const printed = vi.spyOn(console, 'error');
  onTestFinished(() => printed.mockRestore());
  const socket = connect(http.address().port, '127.0.0.1');
  socket.write(
    'GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
  );
  await once(socket, 'data');
  socket.write(Buffer.alloc(64, 0xff));
  // RFC 6455, section 7.4.1: 1002 is a protocol error.
  const [frame] = (await once(socket, 'data')) as [Buffer];
  expect([frame[0], frame.readUInt16BE(2)]).toEqual([0x88, 1002]);
  socket.destroy();
  expect(printed).not.toHaveBeenCalled();
  expect((await query({ query: '{ twice(n: 1) }' })).data).toEqual({ twice: 2 });
});
