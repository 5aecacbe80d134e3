import { createSecretKey } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { startMatchmaker } from '../../testing/matchmaker.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Matchmaker } from '../index.ts';
import { createPunchClient, type PunchClient } from './client.ts';
import { decodePacket, encodePacket, KIND } from './packet.ts';
import { createAttempt, type Path } from './path.ts';
import { TIMING } from './timing.ts';

let matchmaker: Matchmaker;
const clients: PunchClient[] = [];

beforeAll(async () => {
  matchmaker = await startMatchmaker();
});
afterAll(() => matchmaker.stop());
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop();
});

function client(peerId: string, onPath: (path: Path) => void = () => {}): PunchClient {
  const server = matchmaker.addresses()[0] as Endpoint;
  const made = createPunchClient({ server, peerId, onPath });
  clients.push(made);
  return made;
}

it('two peers open a path that both can send on', async () => {
  const accepted = Promise.withResolvers<Path>();
  const one = client('one');
  const other = client('other', accepted.resolve);
  expect((await one.start()).address).toBe('127.0.0.1');
  await other.start();
  const there = await one.connect('other');
  const here = await accepted.promise;
  here.onData((data) => here.send(Buffer.from(`${data} back`)));
  const received: string[] = [];
  there.onData((data) => received.push(data.toString()));
  there.send(Buffer.from('there and'));
  await expect.poll(() => received).toEqual(['there and back']);
});

it('connecting to a peer that is not registered fails with the reason of the server', async () => {
  const one = client('lonely');
  await one.start();
  await expect(one.connect('nobody')).rejects.toThrow('target nobody not found or offline');
});

it('packets of another sender, reflected or forged ones are not the peer’s', () => {
  const key = createSecretKey(Buffer.alloc(16, 1));
  const packet = { kind: KIND.probe, nonce: 5n, payload: Buffer.from('x') };
  const bytes = encodePacket(key, 'one', packet);
  expect(decodePacket(key, 'one', bytes)).toEqual(packet);
  expect(decodePacket(key, 'other', bytes)).toBeNull();
  expect(decodePacket(createSecretKey(Buffer.alloc(16, 2)), 'one', bytes)).toBeNull();
  bytes[3]! ^= 1;
  expect(decodePacket(key, 'one', bytes)).toBeNull();
});

it('probing ends when nothing answers, and answers from elsewhere are candidates', async () => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const hole = { address: '127.0.0.1', port: socket.address().port };
  const attempt = createAttempt({
    self: 'one',
    peerId: 'other',
    key: createSecretKey(Buffer.alloc(16)),
    candidates: [hole],
    send: (datagram, to) => socket.send(datagram, to.port, to.address),
    timing: { ...TIMING, attemptMs: 100 },
  });
  await expect(attempt.path).rejects.toThrow('no path to other within 100 ms');
  socket.close();
});

it('a path whose peer stops answering is lost', async () => {
  let answering = true;
  const key = createSecretKey(Buffer.alloc(16));
  const attempt = createAttempt({
    self: 'one',
    peerId: 'other',
    key,
    candidates: [{ address: '127.0.0.1', port: 9 }],
    timing: { ...TIMING, keepaliveMs: 10 },
    send(datagram, to) {
      const probe = decodePacket(key, 'one', datagram);
      if (answering && probe)
        queueMicrotask(() =>
          attempt.receive(encodePacket(key, 'other', { ...probe, kind: KIND.answer }), to),
        );
    },
  });

  const path = await attempt.path;
  const lost = vi.fn();
  path.onLost(lost);
  answering = false;
  await expect.poll(() => lost.mock.calls).toHaveLength(1);
});
