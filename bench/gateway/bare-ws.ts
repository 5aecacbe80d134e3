/** What fan-out costs at least: a `ws` server that sends the same bytes to everyone connected. */
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

const sockets = new Set<WebSocket>();
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: false,
  clientTracking: false,
});
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.on('message', (data) => {
    const { type } = JSON.parse(String(data));
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
  });
});
process.on('message', (message) => {
  if (message === 'cost') {
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    process.send?.({ type: 'cost', cpuMs: (user + system) / 1_000, bytes: process.memoryUsage().rss });
    return;
  }
  const { events, text } = message as { events: number; text: string };
  for (let n = 0; n < events; n++) for (const socket of sockets) socket.send(text);
});
process.on('disconnect', () => process.exit());
server.on('listening', () =>
  process.send?.({ type: 'listening', port: (server.address() as AddressInfo).port }),
);
