import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { testConfig } from '../../testing/gateway.ts';
import { serveFilms } from '../../testing/served.ts';

const { limits } = testConfig([]);
const served = serveFilms({ limits: { ...limits, ratePerSecond: 0, streamsPerAddress: 3 } });

const SUBSCRIPTION = 'subscription{availabilityChanged(ids:["f1"]){peerCount}}';

async function openSocket(): Promise<WebSocket> {
  const socket = new WebSocket(
    `${served.gateway.url().replace('http', 'ws')}/graphql`,
    'graphql-transport-ws',
  );
  await once(socket, 'open');
  return socket;
}

async function openStream() {
  const leaving = new AbortController();
  const { status, headers } = await fetch(
    `${served.gateway.url()}/graphql/stream?query=${encodeURIComponent(SUBSCRIPTION)}`,
    {
      headers: { accept: 'text/event-stream' },
      signal: leaving.signal,
    },
  );
  return { status, retryAfter: headers.get('retry-after'), leave: () => leaving.abort() };
}

it('one address has so many sockets and event streams open, and another when one is closed', async () => {
  const sockets = [await openSocket(), await openSocket()];
  const stream = await openStream();
  expect(stream.status).toBe(200);
  await expect(openSocket()).rejects.toThrow('429');
  expect(await openStream()).toMatchObject({ status: 429, retryAfter: '10' });
  const parts = await fetch(`${served.gateway.url()}/graphql?query=${encodeURIComponent(SUBSCRIPTION)}`, {
    headers: { accept: 'multipart/mixed;subscriptionSpec=1.0' },
  });
  expect([parts.status, parts.headers.get('retry-after')]).toEqual([429, '10']);
  expect((await fetch(`${served.gateway.url()}/health`)).status).toBe(200);

  stream.leave();
  await expect
    .poll(async () =>
      openSocket().then(
        (socket) => sockets.push(socket),
        () => 0,
      ),
    )
    .toBe(3);
  await expect(openSocket()).rejects.toThrow('429');
  for (const socket of sockets) socket.close();
  await expect.poll(async () => (await openStream()).status).toBe(200);
});

it('a handshake that fails takes no place', async () => {
  for (let n = 0; n < 5; n += 1) {
    const { hostname, port } = new URL(served.gateway.url());
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 400/);
    socket.destroy();
  }
  const socket = await openSocket();
  socket.close();
});
