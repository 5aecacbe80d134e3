import { once } from 'node:events';
import { connect as connectTo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { serveFilms } from '../../../testing/served.ts';

const served = serveFilms();

const INIT = { type: 'connection_init' };
const SUBSCRIBE = {
  type: 'subscribe',
  id: 'one',
  payload: { query: 'subscription { availabilityChanged(ids: ["f1"]) { peerCount } }' },
};

async function connect(protocol = 'graphql-transport-ws'): Promise<WebSocket> {
  const socket = new WebSocket(`${served.gateway.url().replace('http', 'ws')}/graphql`, protocol);
  await once(socket, 'open');
  return socket;
}

/** Says the messages in turn, waiting for an answer to those that have one; resolves to how the socket is closed. */
async function closeOf(socket: WebSocket, messages: readonly unknown[]): Promise<[number, string]> {
  const closed = once(socket, 'close');
  for (const message of messages) {
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    if (message === INIT) await Promise.race([once(socket, 'message'), closed]);
  }
  const [code, reason] = await closed;
  return [code, String(reason)];
}

describe('misuse of graphql-transport-ws', () => {
  it.each<[string, readonly unknown[], number, string | RegExp]>([
    ['a second connection_init', [INIT, INIT], 4429, 'Too many initialisation requests'],
    ['subscribing before connection_init', [SUBSCRIBE], 4401, 'Unauthorized'],
    ['an id in use', [INIT, SUBSCRIBE, SUBSCRIBE], 4409, 'Subscriber for one already exists'],
    ['text that is not JSON', ['{'], 4400, /^Invalid message/],
    ['a message of no type', [{}], 4400, /^Invalid message/],
    ['an unknown type', [{ type: 'start' }], 4400, /^Invalid message/],
    ['subscribing without an id', [INIT, { type: 'subscribe', payload: {} }], 4400, /^Invalid message/],
    [
      'credentials that do not hold',
      [{ ...INIT, payload: { authorization: 'Bearer no' } }],
      4403,
      'Forbidden',
    ],
  ])('%s', async (_name, messages, code, reason) => {
    const closed = await closeOf(await connect(), messages);
    expect(closed).toEqual([code, expect.stringMatching(reason)]);
  });

  it('another subprotocol', async () => {
    expect(await closeOf(await connect('graphql-ws').catch(() => connectWithout()), [])).toEqual([
      4406,
      'Subprotocol not acceptable',
    ]);
  });

  it.each(['graphql-ws', 'graphql-transport-ws'])(
    'a frame that is none, from a client of %s',
    async (protocol) => {
      const socket = connectTo(Number(new URL(served.gateway.url()).port), '127.0.0.1');
      socket.write(
        [
          'GET /graphql HTTP/1.1',
          `Host: ${new URL(served.gateway.url()).host}`,
          'Upgrade: websocket',
          'Connection: Upgrade',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          'Sec-WebSocket-Version: 13',
          `Sec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
        ].join('\r\n'),
      );
      await once(socket, 'data');
      socket.write(Buffer.alloc(64, 0xff));
      socket.resume();
      await once(socket, 'close');
      await connect().then((other) => other.close());
    },
  );

  it('completing an id that is not in use is ignored', async () => {
    const socket = await connect();
    socket.send(JSON.stringify(INIT));
    await once(socket, 'message');
    socket.send(JSON.stringify({ type: 'complete', id: 'nobody' }));
    socket.send(JSON.stringify({ type: 'ping', payload: { n: 1 } }));
    const [answer] = await once(socket, 'message');
    expect(JSON.parse(String(answer))).toEqual({ type: 'pong', payload: { n: 1 } });
    socket.close();
  });

  it('serves queries as well', async () => {
    const socket = await connect();
    socket.send(JSON.stringify(INIT));
    await once(socket, 'message');
    const messages: unknown[] = [];
    socket.on('message', (data) => messages.push(JSON.parse(String(data))));
    socket.send(JSON.stringify({ type: 'subscribe', id: 'q', payload: { query: '{ concurrency }' } }));
    await expect
      .poll(() => messages)
      .toEqual([
        { id: 'q', type: 'next', payload: { data: { concurrency: 1 } } },
        { id: 'q', type: 'complete' },
      ]);
    socket.close();
  });
});

/** A client of `ws` refuses to open without its subprotocol; one that asks for none opens. */
async function connectWithout(): Promise<WebSocket> {
  const socket = new WebSocket(`${served.gateway.url().replace('http', 'ws')}/graphql`);
  await once(socket, 'open');
  return socket;
}
