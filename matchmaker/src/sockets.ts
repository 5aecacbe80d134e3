import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Logger } from '@giggityflix/platform';
import { type Endpoint, type Family, familyOf } from './endpoint.ts';

/** "1MB receive buffer to handle burst traffic". */
const RECEIVE_BUFFER_BYTES = 1_048_576;
/** An address family the machine does not have is not a reason to stay down. */
const FAMILY_MISSING: ReadonlySet<string> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EPROTONOSUPPORT']);

export interface Sockets {
  /** Binds every address; one of a family the machine lacks is left out with a warning. */
  start(): Promise<void>;
  stop(): Promise<void>;
  send(payload: Buffer | string, to: Endpoint): void;
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

  async function bind(host: string, port: number): Promise<Socket> {
    const socket = createSocket(familyOf(host) === 6 ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
    socket.bind({ address: host, port });
    try {
      await once(socket, 'listening');
    } catch (error) {
      socket.close();
      throw error;
    }
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    socket.on('message', (datagram, { address, port: from }) =>
      deps.onDatagram(datagram, { address, port: from }),
    );
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
          if (!sockets.has(familyOf(host))) sockets.set(familyOf(host), socket);
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
    send(payload, to) {
      const socket = sockets.get(familyOf(to.address));
      if (!socket) {
        deps.onSendFailure();
        return;
      }
      socket.send(payload, to.port, to.address, (error) => {
        if (error) deps.onSendFailure();
      });
    },
    addresses: () => open.map((socket) => socket.address()),
  };
}
