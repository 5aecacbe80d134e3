import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import type { Logger } from '@giggityflix/kernel';
import { type Endpoint, type Family, familyOf } from '../endpoints/endpoint.ts';

/** "1MB receive buffer to handle burst traffic". */
const RECEIVE_BUFFER_BYTES = 1_048_576;
/** An address family the machine does not have is not a reason not to start. */
const FAMILY_MISSING: ReadonlySet<string> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EPROTONOSUPPORT']);

export interface Sockets {
  /** Binds every address; one of a family the machine lacks is left out with a warning. */
  start(): Promise<void>;
  stop(): Promise<void>;
  send(datagram: Buffer, to: Endpoint): void;
  /** Known after `start`. */
  addresses(): readonly Endpoint[];
}

export function createSockets(
  config: { hosts: readonly string[]; port: number },
  deps: { onDatagram(datagram: Buffer, source: Endpoint): void; onSendFailure(): void; logger: Logger },
): Sockets {
  const { logger } = deps;
  const sockets = new Map<Family, Socket>();
  const open: Socket[] = [];

  const sent = (error: Error | null) => {
    if (error) deps.onSendFailure();
  };

  async function bind(host: string, port: number): Promise<Socket> {
    const { address } = await lookup(host);
    const family = familyOf(address);
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      ipv6Only: family === 6,
      // Only addresses are sent to: none has to go through the resolver, or wait for a tick.
      lookup: (known, _options, callback) => callback(null, known, family),
    });
    const listening = once(socket, 'listening');
    try {
      socket.bind({ address, port });
      await listening;
    } catch (error) {
      socket.close();
      throw error;
    }
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    const granted = socket.getRecvBufferSize();
    if (granted < RECEIVE_BUFFER_BYTES)
      logger.warn(
        { granted, wanted: RECEIVE_BUFFER_BYTES },
        'the system grants a smaller receive buffer: bursts may be lost (Linux: raise net.core.rmem_max)',
      );
    socket.on('message', deps.onDatagram);
    // Errors of single datagrams, such as an unreachable host, arrive here.
    socket.on('error', (error) => logger.debug({ err: error }, 'a socket reported an error'));
    return socket;
  }

  return {
    async start() {
      let { port } = config;
      let missing: unknown;
      for (const host of config.hosts) {
        try {
          const socket = await bind(host, port);
          open.push(socket);
          const family = familyOf(socket.address().address);
          if (!sockets.has(family)) sockets.set(family, socket);
          // Asked for any port, both families get the same one.
          port = socket.address().port;
        } catch (error) {
          if (!FAMILY_MISSING.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
          missing = error;
          logger.warn({ host }, 'this machine does not have the address family: left out');
        }
      }
      if (open.length === 0) throw missing ?? new Error('no address to listen on');
    },
    async stop() {
      sockets.clear();
      await Promise.all(
        open.splice(0).map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))),
      );
    },
    send(datagram, to) {
      const socket = sockets.get(familyOf(to.address));
      if (!socket) {
        deps.onSendFailure();
        return;
      }
      socket.send(datagram, to.port, to.address, sent);
    },
    addresses: () => open.map((socket) => socket.address()),
  };
}
