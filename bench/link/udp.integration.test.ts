import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { startEmulator } from './start.ts';

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void socket.close());
  return socket;
}

function emulator() {
  const started = startEmulator();
  onTestFinished(started.stop);
  return started;
}

it('carries datagrams between two sockets that know only the link, in order', async () => {
  const [near, far] = [await openSocket(), await openSocket()];
  const link = await emulator().openUdp(
    { roundTripMs: 20, jitterMs: 5 },
    { near: near.address().port, far: far.address().port },
  );
  const received: string[] = [];
  const all = new Promise<void>((resolve) => {
    far.on('message', (datagram, from) => {
      expect(from.port).toBe(link.far);
      received.push(String(datagram));
      if (received.length === 50) resolve();
    });
  });
  const sent = Array.from({ length: 50 }, (_, index) => `datagram ${index}`);
  for (const datagram of sent) near.send(datagram, link.near, '127.0.0.1');
  await all;
  expect(received).toEqual(sent);
  far.send('answer', link.far, '127.0.0.1');
  const [answer, from] = await once(near, 'message');
  expect([String(answer), from.port]).toEqual(['answer', link.near]);
});

it('learns who is at an end from what comes first', async () => {
  const [near, far, stranger] = [await openSocket(), await openSocket(), await openSocket()];
  const link = await emulator().openUdp({ roundTripMs: 0 }, { far: far.address().port });
  near.send('first', link.near, '127.0.0.1');
  const [first] = await once(far, 'message');
  expect(String(first)).toBe('first');
  stranger.send('from elsewhere', link.near, '127.0.0.1');
  far.send('back', link.far, '127.0.0.1');
  const [back] = await once(near, 'message');
  expect(String(back)).toBe('back');
});

it('carries TCP connections, to their ends', async () => {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const link = await emulator().openTcp({ roundTripMs: 10, bytesPerSecond: 10_000_000 }, port);
  const sent = 'a line of text. '.repeat(50_000);
  const socket = connect(link.near, '127.0.0.1');
  const received = text(socket);
  socket.end(sent);
  expect((await received) === sent).toBe(true);
});
