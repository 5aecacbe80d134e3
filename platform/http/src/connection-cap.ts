import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf, normalizeAddress, type TrustedProxies } from './client-address.ts';

/** Connections of one address, or one /64 of IPv6, to one listener; those that became WebSockets do not count. */
export const MAX_CONNECTIONS_PER_ADDRESS = 1_000;

/**
 * Bounds the connections of one address, so that it cannot take all that the process may have open: one more closes the one
 * that has been idle for longest, and is closed itself when none is idle. Proxies that ask for many are not counted.
 */
export function capConnections(
  server: Server,
  { most, proxies }: { most: number; proxies: TrustedProxies },
): void {
  /** For each network its connections with the answer that each gave last, the one asked longest ago first. */
  const networks = new Map<string, Map<Socket, ServerResponse | null>>();
  const networkOfSocket = new WeakMap<Socket, Map<Socket, ServerResponse | null>>();

  server.on('connection', (socket) => {
    const address = normalizeAddress(socket.remoteAddress ?? '') ?? '';
    if (proxies.includes(address)) return;
    const name = networkOf(address);
    const connections = networks.get(name) ?? new Map();
    if (connections.size >= most) {
      const idle = longestIdle(connections);
      if (!idle) return void socket.destroy();
      connections.delete(idle);
      idle.destroy();
    }
    networks.set(name, connections);
    networkOfSocket.set(socket, connections);
    connections.set(socket, null);
    socket.once('close', () => {
      connections.delete(socket);
      if (connections.size === 0 && networks.get(name) === connections) networks.delete(name);
    });
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connections = networkOfSocket.get(socket);
    if (!connections?.delete(socket)) return;
    connections.set(socket, response);
  });
  server.on('upgrade', ({ socket }: IncomingMessage) => {
    networkOfSocket.get(socket)?.delete(socket);
  });
}

function longestIdle(connections: Map<Socket, ServerResponse | null>): Socket | undefined {
  for (const [socket, response] of connections) if (!response || response.closed) return socket;
  return undefined;
}
