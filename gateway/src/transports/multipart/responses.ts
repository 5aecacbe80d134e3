import { Readable } from 'node:stream';
import { type AddressCap, clientAddress, type TrustedProxies } from '@giggityflix/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HEARTBEAT_MS, MAX_BUFFERED_BYTES } from '../../limits.ts';
import type { GatewayMetrics } from '../../metrics.ts';

/** The media type of responses in parts, to which parameters are added that name their format. */
export const MULTIPART = 'multipart/mixed;boundary="graphql"';
/**
 * A part can only be read once the boundary after it is there, hence each is followed by one. JSON never has a line
 * break and two hyphens, so none is taken for a boundary.
 */
const BOUNDARY = '\r\n--graphql';
const HEAD = '\r\ncontent-type: application/json; charset=utf-8\r\n\r\n';

/** A response that is sent in parts (RFC 2046), each of them JSON. */
export interface PartStream {
  /** Whether it is over already, as for a client that left while its request was being prepared. */
  readonly closed: boolean;
  /** Sends a part. A reader with too much waiting is cut off. */
  send(json: string): void;
  /** Ends the response after what was sent. */
  end(): void;
}

export interface MultipartResponses {
  /** Begins a response; null when the client's address has too many streams open. */
  open(
    request: FastifyRequest,
    reply: FastifyReply,
    options: {
      contentType: string;
      /** What a part has that keeps the connection open; null where clients would take it for a result. */
      heartbeat: string | null;
      /** Called once, when the response has ended or the client left. */
      onClose(): void;
    },
  ): PartStream | null;
}

export function createMultipartResponses(
  app: FastifyInstance,
  options: {
    /** What one address has open, sockets and event streams included. */
    streams: AddressCap;
    trustedProxies: TrustedProxies;
    metrics: GatewayMetrics;
    heartbeatMs?: number | undefined;
  },
): MultipartResponses {
  const open = new Map<Readable, () => void>();
  const heartbeats = setInterval(() => {
    for (const beat of open.values()) beat();
  }, options.heartbeatMs ?? HEARTBEAT_MS);
  heartbeats.unref();
  // A response that is cut makes its client ask again, elsewhere; one that is ended would not.
  app.addHook('preClose', async () => {
    clearInterval(heartbeats);
    for (const parts of open.keys()) parts.destroy();
  });

  return {
    open(request, reply, { contentType, heartbeat, onClose }) {
      const leave = options.streams.enter(clientAddress(request, options.trustedProxies));
      if (!leave) return null;
      const { socket } = request.raw;
      let ended = false;
      const parts = new Readable({
        read() {},
        destroy(error, callback) {
          open.delete(parts);
          // A client that left before the end may have closed its half alone.
          if (!ended) socket.destroy();
          leave();
          onClose();
          callback(error);
        },
      });
      const push = (text: string) => {
        if (parts.destroyed || parts.readableEnded) return;
        if (parts.readableLength + reply.raw.writableLength > MAX_BUFFERED_BYTES) {
          options.metrics.slowReaders.inc();
          socket.destroy();
          return;
        }
        parts.push(text);
      };
      open.set(parts, () => {
        if (!ended && heartbeat !== null) push(`${HEAD}${heartbeat}${BOUNDARY}`);
      });
      push(BOUNDARY);
      // The client may have left while its request was being prepared.
      if (socket.destroyed) parts.destroy();
      reply
        .code(200)
        .header('content-type', contentType)
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .send(parts);
      return {
        get closed() {
          return parts.destroyed;
        },
        send(json) {
          if (!ended) push(`${HEAD}${json}${BOUNDARY}`);
        },
        end() {
          if (ended) return;
          ended = true;
          push('--\r\n');
          parts.push(null);
        },
      };
    },
  };
}
