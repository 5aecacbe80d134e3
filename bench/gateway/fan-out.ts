import { once } from 'node:events';
import { WebSocket } from 'ws';
import { WATCH } from './graph.ts';
import { type Contender, message } from './process.ts';

export const SUBSCRIBERS = 5_000;
const EVENTS = 40;
/** Sockets being opened at the same time. */
const OPENING = 50;

export interface FanOut {
  /** Deliveries per second of the server's processor time. */
  perCpuSecond: number;
  /** Of the server, for each subscriber. */
  bytesPerSubscriber: number;
  /** What the first subscriber got last. */
  lastText: string;
}

/**
 * Opens the subscribers on a server, has `emit` send events to all of them, and counts that each gets each, in order.
 */
export async function measureFanOut(server: Contender, emit: (events: number) => void): Promise<FanOut> {
  const received = new Uint32Array(SUBSCRIBERS);
  let total = 0;
  let lastText = '';
  const sockets: WebSocket[] = [];
  const before = await server.cost();
  const open = async (index: number) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/graphql`, 'graphql-transport-ws', {
      perMessageDeflate: false,
    });
    sockets.push(socket);
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    socket.on('message', (data: Buffer) => {
      received[index]! += 1;
      total += 1;
      if (index === 0) lastText = String(data);
    });
    const payload = { query: WATCH, variables: { catalogIds: ['f1'] } };
    socket.send(JSON.stringify({ type: 'subscribe', id: String(index), payload }));
  };
  for (let index = 0; index < SUBSCRIBERS; index += OPENING)
    await Promise.all(
      Array.from({ length: Math.min(OPENING, SUBSCRIBERS - index) }, (_value, n) => open(index + n)),
    );
  const settle = async (count: number) => {
    const deadline = Date.now() + 60_000;
    while (total < count) {
      if (Date.now() > deadline) throw new Error(`${total} of ${count} events arrived`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  emit(1);
  await settle(SUBSCRIBERS);
  const opened = await server.cost();
  emit(EVENTS);
  await settle(SUBSCRIBERS * (EVENTS + 1));
  const delivered = await server.cost();
  if (received.some((count) => count !== EVENTS + 1)) throw new Error('not everyone got every event once');
  for (const socket of sockets) socket.terminate();
  return {
    perCpuSecond: (SUBSCRIBERS * EVENTS) / ((delivered.cpuMs - opened.cpuMs) / 1_000),
    bytesPerSubscriber: (opened.bytes - before.bytes) / SUBSCRIBERS,
    lastText,
  };
}

/** Has the subgraphs' process emit events, once the gateway has its one subscription there. */
export function emitThrough(subgraphs: Contender): (events: number) => void {
  const subscribed = message(subgraphs.child, 'subscribed');
  return (events) => void subscribed.then(() => subgraphs.child.send({ events }));
}
