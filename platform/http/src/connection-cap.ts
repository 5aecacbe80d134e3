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
  {
    most,
    proxies,
    connectionOf = (socket) => socket,
  }: {
    most: number;
    proxies: TrustedProxies;
    /** The connection that a request's socket runs over, where that is another. */
    connectionOf?: (socket: Socket) => Socket;
  },
): void {
  /** For each network its connections without a request, the one that has been so for longest first, and the others. */
  const networks = new Map<string, { idle: Set<Socket>; busy: Set<Socket> }>();
  const homeOf = new WeakMap<Socket, { idle: Set<Socket>; busy: Set<Socket> }>();

  server.on('connection', (socket) => {
    const address = normalizeAddress(socket.remoteAddress ?? '') ?? '';
    if (proxies.includes(address)) return;
    const network = networkOf(address);
    const home = networks.get(network) ?? { idle: new Set(), busy: new Set() };
    if (home.idle.size + home.busy.size >= most) {
      const [eldest] = home.idle;
      if (!eldest) return void socket.destroy();
      home.idle.delete(eldest);
      eldest.destroy();
    }
    networks.set(network, home);
    homeOf.set(socket, home);
    home.idle.add(socket);
    socket.once('close', () => {
      home.idle.delete(socket);
      home.busy.delete(socket);
      if (home.idle.size + home.busy.size === 0 && networks.get(network) === home) networks.delete(network);
    });
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const connection = connectionOf(socket);
    const home = homeOf.get(connection);
    if (!home) return;
    home.idle.delete(connection);
    home.busy.add(connection);
    response.once('close', () => {
      if (home.busy.delete(connection) && !connection.destroyed) home.idle.add(connection);
    });
  });
  server.on('upgrade', ({ socket }: IncomingMessage) => {
    const connection = connectionOf(socket);
    homeOf.get(connection)?.idle.delete(connection);
  });
}
