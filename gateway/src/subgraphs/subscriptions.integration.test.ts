import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ClientError } from '../errors.ts';
import type { SubgraphOperation } from './operation.ts';
import { passErrors } from './shown-errors.ts';
import { createUpstreams, type UpstreamEvent, type Upstreams } from './subscriptions.ts';

const TIMINGS = {
  handshakeMs: 300,
  ackMs: 300,
  quietMs: 50,
  pongMs: 100,
  retry: { maxRetries: Number.POSITIVE_INFINITY, initialDelayMs: 20, maxDelayMs: 200, jitterFactor: 0 },
  firstAttempts: 4,
  stableMs: 10_000,
  idleMs: 100,
};

/** What a fake upstream does with each message of its n-th connection. */
type Behaviour = (message: { type: string; id: string }, socket: WebSocket, connection: number) => void;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** An upstream that behaves as told; `protocol` is the subprotocol it chooses. */
async function upstream(behaviour: Behaviour, options: { port?: number; protocol?: string | false } = {}) {
  const opened: number[] = [];
  const server = createServer((_request, response) => void response.writeHead(404).end());
  const sockets = new WebSocketServer({
    server,
    handleProtocols: () => options.protocol ?? 'graphql-transport-ws',
  });
  sockets.on('connection', (socket) => {
    const connection = opened.push(performance.now());
    socket.on('message', (data) => behaviour(JSON.parse(String(data)), socket, connection));
  });
  const { port, close } = await listening(server, options.port ?? 0);
  const stop = async () => {
    for (const socket of sockets.clients) socket.terminate();
    await close();
  };
  closing.push(stop);
  return { port, opened, stop };
}

async function listening(server: Server, port: number) {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: (server.address() as AddressInfo).port, close };
}

const say = (socket: WebSocket, message: object) => socket.send(JSON.stringify(message));
const event = (socket: WebSocket, id: string, payload: object = { data: { n: 0 } }) =>
  say(socket, { type: 'next', id, payload });
/** Acknowledges, gives an event to each subscription, answers pings. */
const sound: Behaviour = ({ type, id }, socket) => {
  if (type === 'connection_init') say(socket, { type: 'connection_ack' });
  if (type === 'ping') say(socket, { type: 'pong' });
  if (type === 'subscribe') event(socket, id);
};

function upstreamsOf(port: number): Upstreams {
  const upstreams = createUpstreams(
    [{ name: 'one', url: `http://127.0.0.1:${port}/graphql` }],
    null,
    passErrors,
    TIMINGS,
  );
  closing.push(() => upstreams.close());
  return upstreams;
}

function subscribed(upstreams: Upstreams) {
  const seen = {
    events: [] as UpstreamEvent[],
    failures: [] as ClientError[],
    completions: 0,
    stop: () => {},
  };
  const operation = { subgraph: 'one', query: 'subscription { n }' } as SubgraphOperation;
  seen.stop = upstreams.subscribe(operation, {}, undefined, {
    event: (one) => void seen.events.push(one),
    failed: (errors) => void seen.failures.push(...errors),
    completed: () => {
      seen.completions += 1;
    },
  });
  return seen;
}

const subscribe = (port: number) => subscribed(upstreamsOf(port));

describe('a subscription that never was established fails when the upstream', () => {
  const failsWith = async (port: number, message: string, code = 'SUBGRAPH_UNAVAILABLE') => {
    const { failures } = subscribe(port);
    await expect.poll(() => failures, { timeout: 5_000 }).toHaveLength(1);
    expect(failures[0]).toMatchObject({ extensions: { code } });
    expect(failures[0]?.message).toContain(message);
  };
  const refusing = async (answer: (request: IncomingMessage, response: ServerResponse) => void) => {
    const { port, close } = await listening(createServer(answer), 0);
    closing.push(close);
    return port;
  };

  it.each([
    ['does not know the path', 404, 'it answered 404 to the handshake', 'SUBGRAPH_UNAVAILABLE'],
    ['does not take the credentials', 401, 'the credentials are not valid', 'UNAUTHENTICATED'],
    ['is there but never ready', 503, 'it answered 503 to the handshake', 'SUBGRAPH_UNAVAILABLE'],
  ])('%s', async (_what, status, message, code) => {
    const port = await refusing((_request, response) => void response.writeHead(status).end());
    await failsWith(port, message, code);
  });

  it('is not there', async () => {
    const { port, stop } = await upstream(sound);
    await stop();
    await failsWith(port, 'it does not answer');
  });

  it('accepts connections and says nothing', async () => {
    const held = new Set<Socket>();
    const server = createTcpServer((socket) => void held.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      for (const socket of held) socket.destroy();
      server.close();
    });
    await failsWith((server.address() as AddressInfo).port, 'it did not answer the handshake within 300 ms');
  });

  it('never acknowledges', async () => {
    const { port } = await upstream(() => {});
    await failsWith(port, 'it did not acknowledge the connection within 300 ms');
  });

  it.each([['graphql-ws'], [false as const]])('chooses the subprotocol %s', async (protocol) => {
    const { port } = await upstream(sound, { protocol });
    await failsWith(port, 'it does not speak graphql-transport-ws');
  });

  it('speaks the legacy protocol', async () => {
    const { port } = await upstream(({ type }, socket) => {
      if (type === 'connection_init') say(socket, { type: 'ka' });
    });
    await failsWith(port, 'it does not speak graphql-transport-ws');
  });

  it('does not take the credentials in its own way', async () => {
    const { port } = await upstream((_message, socket) => socket.close(4403, 'Forbidden'));
    await failsWith(port, 'the credentials are not valid', 'UNAUTHENTICATED');
  });
});

describe('an established subscription is restored, and says that events may be missing, when the connection', () => {
  const restored = async (port: number) => {
    const { events, failures } = subscribe(port);
    await expect.poll(() => events.length, { timeout: 5_000 }).toBeGreaterThan(1);
    expect(events.slice(0, 2).map(({ afterLoss }) => afterLoss)).toEqual([false, true]);
    expect(failures).toEqual([]);
  };

  it('is half open', async () => {
    const { port } = await upstream((message, socket, connection) => {
      if (connection > 1 || message.type !== 'ping') sound(message, socket, connection);
    });
    await restored(port);
  });

  it.each([1000, 1001, 1011, 1012, 4400, 4500])('is closed with %i', async (code) => {
    const { port } = await upstream((message, socket, connection) => {
      sound(message, socket, connection);
      if (connection === 1 && message.type === 'subscribe') socket.close(code);
    });
    await restored(port);
  });

  it('is closed, and says to the upstream that it is restored', async () => {
    const extensions: unknown[] = [];
    const { port } = await upstream((message, socket, connection) => {
      if (message.type === 'subscribe') extensions.push((message as { payload?: object }).payload);
      sound(message, socket, connection);
      if (connection === 1 && message.type === 'subscribe') socket.close(1001);
    });
    await restored(port);
    expect(extensions.slice(0, 2)).toEqual([
      expect.not.objectContaining({ extensions: expect.anything() }),
      expect.objectContaining({ extensions: { restored: true } }),
    ]);
  });

  it('is lost for longer than a first attempt may take', async () => {
    const first = await upstream(sound);
    const { events, failures } = subscribe(first.port);
    await expect.poll(() => events).toHaveLength(1);
    await first.stop();
    let refused = 0;
    const { close } = await listening(
      createServer((_request, response) => {
        refused += 1;
        response.writeHead(404).end();
      }),
      first.port,
    );
    await expect.poll(() => refused, { timeout: 5_000 }).toBeGreaterThan(TIMINGS.firstAttempts);
    await close();
    await upstream(sound, { port: first.port });
    await expect.poll(() => events, { timeout: 5_000 }).toHaveLength(2);
    expect([events[1]?.afterLoss, failures]).toEqual([true, []]);
  });
});

it('an upstream that acknowledges and breaks is asked less and less often', async () => {
  const { port, opened } = await upstream(({ type }, socket) => {
    if (type !== 'connection_init') return;
    say(socket, { type: 'connection_ack' });
    setImmediate(() => socket.terminate());
  });
  const { stop, failures } = subscribe(port);
  await expect.poll(() => opened.length, { timeout: 5_000 }).toBe(7);
  // 20, 40, 80, 160, 200 and 200 ms lie between them.
  expect(opened[6]! - opened[0]!).toBeGreaterThan(650);
  expect(failures).toEqual([]);
  stop();
});

it('an event with errors in no form of the specification arrives with errors that have one', async () => {
  const { port } = await upstream((message, socket, connection) => {
    if (message.type === 'subscribe') event(socket, message.id, { data: null, errors: [null] });
    else sound(message, socket, connection);
  });
  const { events } = subscribe(port);
  await expect.poll(() => events).toHaveLength(1);
  expect(events[0]?.errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_INVALID_RESPONSE' } }]);
});

it('one connection serves all subscriptions of an identity, and is closed some time after the last', async () => {
  const { port, opened } = await upstream(sound);
  const upstreams = upstreamsOf(port);
  const all = [subscribed(upstreams), subscribed(upstreams)];
  onTestFinished(() => upstreams.close());
  await expect.poll(() => all.every(({ events }) => events.length === 1)).toBe(true);
  for (const { stop } of all) stop();
  const next = subscribed(upstreams);
  await expect.poll(() => next.events).toHaveLength(1);
  expect(opened).toHaveLength(1);
  await upstreams.close();
  expect(next.completions).toBe(1);
});
