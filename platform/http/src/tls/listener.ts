import type { Server } from 'node:http';
import type { Server as NetServer, Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { Logger } from '@giggityflix/kernel';
import { reportCertificate } from '@giggityflix/telemetry';
import type { Registry } from 'prom-client';
import { readCertificate } from './certificate.ts';
import { onFirstByte } from './first-byte.ts';
import type { TlsConfig } from './variables.ts';

/** How often the files are read, in milliseconds. A renewal takes effect within this time; connections stay. */
const RELOAD_INTERVAL_MS = 10_000;
/** How long a client may take until the first byte, and then to agree on a key, in milliseconds. */
const HANDSHAKE_MS = 10_000;

export interface TlsListener {
  /** @throws when the certificate cannot be used, or the further port cannot be had. */
  start(host: string): Promise<void>;
  stop(): Promise<void>;
  /** The connection that a socket of a request runs over. */
  connectionOf(socket: Socket): Socket;
}

/**
 * Has an HTTP server serve HTTPS on its own port as well: the first byte of a connection says which of them it is. New
 * connections get the certificate as its files have it; a pair that cannot be used is not, and the one in use stays.
 */
export function addTls(
  server: Server,
  config: TlsConfig,
  { logger, metrics }: { logger: Logger; metrics: Registry },
): TlsListener {
  const [serve] = server.listeners('connection') as [(this: Server, socket: Socket) => void];
  server.removeListener('connection', serve);
  const connections = new WeakMap<Socket, Socket>();
  /** Connections that are not the server's yet. */
  const beginning = new Set<Socket>();
  const reportExpiry = reportCertificate(metrics, 'https');
  let timer: NodeJS.Timeout | undefined;
  let redirecting: NetServer | undefined;
  let tls: typeof import('node:tls');
  let context: SecureContext;
  let inUse = '';

  const plain = (socket: Socket) => serve.call(server, socket);
  const secure = (socket: Socket) => {
    const secured: TLSSocket = new tls.TLSSocket(socket, {
      isServer: true,
      secureContext: context,
      ALPNProtocols: ['http/1.1'],
    });
    connections.set(secured, socket);
    // Someone who cannot agree with us, or is not heard of again, is no failure of ours.
    secured.on('error', () => socket.destroy());
    secured.once('secure', () => {
      began(socket);
      serve.call(server, secured);
    });
  };
  const began = (socket: Socket) => {
    beginning.delete(socket);
    socket.setTimeout(0);
    socket.removeListener('timeout', giveUp);
  };
  server.on('connection', (socket) => {
    beginning.add(socket);
    socket.once('close', () => beginning.delete(socket));
    socket.setTimeout(HANDSHAKE_MS, giveUp);
    onFirstByte(socket, (isTls) => {
      if (isTls) return secure(socket);
      began(socket);
      plain(socket);
    });
  });

  const load = async () => {
    tls = await import('node:tls');
    const { cert, key } = await readCertificate(config);
    const read = `${cert}${key}`;
    if (read === inUse) return false;
    context = tls.createSecureContext({ cert, key });
    inUse = read;
    reportExpiry(cert);
    return true;
  };
  let complaint = '';
  const reload = async () => {
    try {
      if (await load()) logger.info({ path: config.certPath }, 'certificate reloaded');
      complaint = '';
    } catch (error) {
      const { message } = error as Error;
      if (message !== complaint) logger.warn(`${message}; the certificate in use stays`);
      complaint = message;
    }
  };
  return {
    async start(host) {
      await load();
      timer = setInterval(() => void reload(), config.reloadIntervalMs ?? RELOAD_INTERVAL_MS);
      timer.unref();
      if (config.redirectPort === null) return;
      const { createServer } = await import('node:net');
      redirecting = createServer(plain);
      const listening = redirecting;
      await new Promise<void>((resolve, reject) => {
        listening
          .once('error', reject)
          .listen({ host, port: config.redirectPort ?? 0, exclusive: true }, resolve);
      });
    },
    async stop() {
      clearInterval(timer);
      redirecting?.close();
      for (const socket of beginning) socket.destroy();
    },
    connectionOf: (socket) => connections.get(socket) ?? socket,
  };
}

function giveUp(this: Socket): void {
  this.destroy();
}
