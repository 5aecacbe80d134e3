import { once } from 'node:events';
import { expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { serveFilms } from '../../../testing/served.ts';

const served = serveFilms();

/** Events of half a kilobyte and more, so that a few thousand fill the buffers of a socket. */
const QUERY = `subscription { availabilityChanged(ids: ["f1"]) {
  ${Array.from({ length: 25 }, (_value, n) => `aliasOfSomeLength${n}: catalogId`).join(' ')} peerCount } }`;

async function subscribe(): Promise<{ socket: WebSocket; counts: number[] }> {
  const socket = new WebSocket(
    `${served.gateway.url().replace('http', 'ws')}/graphql`,
    'graphql-transport-ws',
  );
  const counts: number[] = [];
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.on('message', (data) =>
    counts.push(JSON.parse(String(data)).payload.data.availabilityChanged.peerCount),
  );
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: QUERY } }));
  return { socket, counts };
}

it('a slow reader is cut off, and the others get every event', async () => {
  const slow = await subscribe();
  const quick = await subscribe();
  await expect.poll(() => served.films.subscriptions()).toBe(1);
  await vi.waitFor(
    () => {
      served.films.change({ catalogId: 'f1', peerCount: -1 });
      expect(Math.min(slow.counts.length, quick.counts.length)).toBeGreaterThan(0);
    },
    { timeout: 10_000 },
  );
  slow.socket.pause();
  let sent = 0;
  const cutOff = async () =>
    /gateway_slow_readers_total\{[^}]*\} 1/.test(
      await (await fetch(`${served.gateway.url()}/metrics`)).text(),
    );
  while (!(await cutOff())) {
    expect(sent).toBeLessThan(50_000);
    for (let n = 0; n < 500; n++) served.films.change({ catalogId: 'f1', peerCount: sent++ });
    await expect.poll(() => quick.counts.at(-1)).toBe(sent - 1);
  }
  expect(quick.counts.filter((count) => count >= 0)).toEqual(Array.from({ length: sent }, (_value, n) => n));
  slow.socket.resume();
  if (slow.socket.readyState !== WebSocket.CLOSED) await once(slow.socket, 'close');
  quick.socket.close();
});
