import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { onFirstByte } from '@giggityflix/http/tls';
import { isLocalAddress } from '@giggityflix/kernel';
import type { ConnectionInjector, Server, ServerCredentials } from '@grpc/grpc-js';

/** How long a client may take until the first byte, in milliseconds. */
const FIRST_BYTE_MS = 10_000;

/**
 * Takes connections over TLS, and on the same port those in plain text that come from this machine or its own network; the first
 * byte says which of them it is.
 */
export function createEitherListener(deps: {
  server: Server;
  secure: ServerCredentials;
  plain: ServerCredentials;
}) {
  const over: Readonly<Record<'tls' | 'plain', ConnectionInjector>> = {
    tls: deps.server.createConnectionInjector(deps.secure),
    plain: deps.server.createConnectionInjector(deps.plain),
  };
  /** Connections of which nothing was read yet. */
  const beginning = new Set<Socket>();
  const listener: NetServer = createServer((socket) => {
    beginning.add(socket);
    socket.once('close', () => beginning.delete(socket));
    socket.setTimeout(FIRST_BYTE_MS, giveUp);
    onFirstByte(socket, (isTls) => {
      beginning.delete(socket);
      socket.setTimeout(0);
      socket.removeListener('timeout', giveUp);
      if (isTls) over.tls.injectConnection(socket);
      else if (isLocalAddress(socket.remoteAddress ?? '')) over.plain.injectConnection(socket);
      else socket.destroy();
    });
  });
  return {
    /**
     * @returns the port.
     * @throws Error when the address is not `host:port`.
     */
    async listen(address: string): Promise<number> {
      const parts = /^\[?([^\]]*?)\]?:(\d+)$/.exec(address);
      // Without a host Node.js would listen on every network, at any port.
      if (!parts) throw new Error('the address is not host:port');
      const [, host, port] = parts;
      return new Promise((resolve, reject) => {
        listener.once('error', reject).listen({ host, port: Number(port) }, () => {
          listener.removeListener('error', reject);
          resolve((listener.address() as { port: number }).port);
        });
      });
    },
    close(): void {
      listener.close();
      for (const socket of beginning) socket.destroy();
    },
  };
}

function giveUp(this: Socket): void {
  this.destroy();
}
