/** A process of subscribers: `readers.ts <port> <count> <query>`. Checks what arrives and reports over IPC. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

const [portText, countText, query] = process.argv.slice(2) as [string, string, string];
const count = Number(countText);
/** Sockets being opened at the same time. */
const AT_ONCE = 25;

/** What this process's subscribers got; events are numbered from 0, those below it only open the way. */
const got = { events: 0, wrong: 0, closed: 0, latencySumMs: 0, latencyMaxMs: 0 };
/** The number each subscriber must get next. */
const next = new Uint32Array(count);
/** Subscribers that have had an event that opens the way. */
const warm = new Set<number>();

function receive(index: number, text: string): void {
  const { type, payload } = JSON.parse(text);
  if (type !== 'next' || payload.errors) {
    got.wrong += 1;
    return;
  }
  const { peerCount, sentAt } = payload.data.availabilityChanged;
  if (peerCount < 0) {
    warm.add(index);
    return;
  }
  if (peerCount !== next[index]) got.wrong += 1;
  next[index] = peerCount + 1;
  got.events += 1;
  const latency = Date.now() - sentAt;
  got.latencySumMs += latency;
  got.latencyMaxMs = Math.max(got.latencyMaxMs, latency);
}

async function open(index: number): Promise<void> {
  const url = `ws://127.0.0.1:${portText}/graphql`;
  const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false });
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.on('message', (data) => receive(index, String(data)));
  socket.on('close', () => {
    got.closed += 1;
  });
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
}

for (let index = 0; index < count; index += AT_ONCE)
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - index) }, (_value, n) => open(index + n)));
process.on('message', () => process.send?.({ ...got, warmed: warm.size }));
process.on('disconnect', () => process.exit(0));
process.send?.('opened');
