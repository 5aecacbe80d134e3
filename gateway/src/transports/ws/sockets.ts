import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type AddressCap,
  clientAddress,
  type HttpServer,
  refuseUpgrade,
  type TrustedProxies,
} from '@giggityflix/http';
import type { RateLimiter } from '@giggityflix/kernel';
import { handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Engine } from '../../engine/engine.ts';
import {
  CONNECTION_INIT_TIMEOUT_MS,
  MAX_BODY_BYTES,
  MAX_BUFFERED_BYTES,
  SCHEMA_CHANGE_SPREAD_MS,
  SOCKET_PING_MS,
} from '../../limits.ts';
import type { GatewayMetrics } from '../../metrics.ts';
import type { Forwarding } from '../../subgraphs/header-rules.ts';
import { RETRY_SOON, RETRY_STREAM } from '../retry-after.ts';
import type { Admission } from '../visitor.ts';
import { CLOSE, closeSocket } from './close.ts';
import { type Connection, createConnection } from './connection.ts';
import { createGathering } from './gathering.ts';

export interface SocketOptions {
  engine: Engine;
  admission: Admission;
  rates: RateLimiter;
  forwarding: Forwarding | null;
  metrics: GatewayMetrics;
  /** Most sockets open at once; more are refused with 503. */
  maxSockets: number;
  /** What one address has open, event streams included; more are refused with 429. */
  streams: AddressCap;
  trustedProxies: TrustedProxies;
  /** How long a socket may take to send `connection_init`, in milliseconds. */
  initTimeoutMs?: number;
}

export interface Sockets {
  /** Asks every client to reconnect, spread over a while so that they do not reconnect at once. */
  schemaChanged(): void;
  /** Closes every socket. */
  close(): Promise<void>;
}

/** GraphQL over WebSocket at `/graphql`, on the server that has the HTTP routes. */
export function registerSockets(http: HttpServer, options: SocketOptions): Sockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_BODY_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols,
  });
  const open = new Map<WebSocket, { connection: Connection; alive: boolean }>();

  const gather = createGathering();

  const onSocket = (socket: WebSocket, request: IncomingMessage, stream: Duplex) => {
    // Before anything else: a frame that breaks the protocol is an error, and one nobody listens to ends the process.
    socket.on('error', () => socket.terminate());
    if (socket.protocol === '') return closeSocket(socket, CLOSE.subprotocol, 'Subprotocol not acceptable');
    const { authorization, traceparent } = request.headers;
    const connection = createConnection({
      ...options,
      id: randomUUID(),
      peer: {
        address: clientAddress(request, options.trustedProxies),
        authorization,
        traceparent: typeof traceparent === 'string' ? traceparent : undefined,
        forwarded: options.forwarding?.pick(request.headers),
      },
      wire: {
        send(text) {
          if (socket.bufferedAmount <= MAX_BUFFERED_BYTES) {
            gather(stream);
            return socket.send(text);
          }
          // A slow reader is cut off: what waits for it takes memory from everyone.
          options.metrics.slowReaders.inc();
          connection.closed();
          closeSocket(socket, CLOSE.tryAgainLater, 'Slow reader');
        },
        close: (code, reason) => closeSocket(socket, code, reason),
      },
    });
    const entry = { connection, alive: true };
    open.set(socket, entry);
    options.metrics.sockets.inc();
    const initTimeout = setTimeout(() => {
      if (!connection.acknowledged)
        closeSocket(socket, CLOSE.initTimeout, 'Connection initialisation timeout');
    }, options.initTimeoutMs ?? CONNECTION_INIT_TIMEOUT_MS);
    socket.on('message', (data, isBinary) => {
      entry.alive = true;
      if (isBinary) closeSocket(socket, CLOSE.badRequest, 'Invalid message: messages are text');
      else connection.receive(data.toString());
    });
    socket.on('pong', () => {
      entry.alive = true;
    });
    socket.on('close', () => {
      clearTimeout(initTimeout);
      if (open.delete(socket)) options.metrics.sockets.dec();
      connection.closed();
    });
  };

  const pings = setInterval(() => {
    for (const [socket, entry] of open) {
      if (!entry.alive) socket.terminate();
      else socket.ping();
      entry.alive = false;
    }
  }, SOCKET_PING_MS);
  pings.unref();

  let closing = false;
  http.onUpgrade((request, socket, head) => {
    if (closing) return refuseUpgrade(socket, '503 Service Unavailable', RETRY_SOON);
    if (request.url?.split('?')[0] !== '/graphql') return refuseUpgrade(socket, '404 Not Found');
    // Clients connect again; the error of an operation they would take for the end of it.
    if (!options.engine.hasSchema()) return refuseUpgrade(socket, '503 Service Unavailable', RETRY_SOON);
    if (open.size >= options.maxSockets)
      return refuseUpgrade(socket, '503 Service Unavailable', RETRY_STREAM);
    const leave = options.streams.enter(clientAddress(request, options.trustedProxies));
    if (!leave) return refuseUpgrade(socket, '429 Too Many Requests', RETRY_STREAM);
    // Of the stream, not of the socket: a handshake may fail.
    socket.once('close', leave);
    server.handleUpgrade(request, socket, head, (client) => onSocket(client, request, socket));
  });

  const closeAll = async () => {
    clearInterval(pings);
    closing = true;
    const closed = [...open.keys()].map(
      (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
    );
    for (const socket of open.keys()) closeSocket(socket, CLOSE.goingAway, 'Going away');
    await Promise.all(closed);
  };
  // Fastify waits for open connections when it closes; sockets must be gone before that.
  http.app.addHook('preClose', closeAll);

  return {
    schemaChanged() {
      for (const socket of open.keys())
        setTimeout(
          () => closeSocket(socket, CLOSE.schemaChanged, 'Schema changed'),
          Math.random() * SCHEMA_CHANGE_SPREAD_MS,
        ).unref();
    },
    close: closeAll,
  };
}
