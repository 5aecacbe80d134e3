import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';

const MAGIC_COOKIE = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const XOR_MAPPED_ADDRESS = 0x0020;
const MAPPED_ADDRESS = 0x0001;
const HEADER_BYTES = 20;
/** A packet may be lost: it is sent this often, so many milliseconds apart. */
const ATTEMPTS = 3;
const ATTEMPT_MS = 700;

/** One UDP socket that asks STUN servers (RFC 8489) how it looks from there. */
export async function openStunSocket(): Promise<{
  /** The address a server sees, as `address:port`; null where none answers. */
  mapped(server: string): Promise<string | null>;
  close(): void;
}> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  socket.on('error', () => {});
  return { mapped: (server) => ask(socket, server), close: () => socket.close() };
}

function ask(socket: Socket, server: string): Promise<string | null> {
  const [host = '', port = '3478'] = server.replace(/^stun:/, '').split(':');
  const request = Buffer.alloc(HEADER_BYTES);
  request.writeUInt16BE(BINDING_REQUEST, 0);
  request.writeUInt32BE(MAGIC_COOKIE, 4);
  randomBytes(12).copy(request, 8);
  return exchange(socket, { host, port: Number(port) }, request, (answer) => {
    if (answer.length < HEADER_BYTES || !answer.subarray(4, 20).equals(request.subarray(4, 20)))
      return undefined;
    return answer.readUInt16BE(0) === BINDING_SUCCESS ? addressIn(answer) : undefined;
  });
}

/**
 * Sends a request, again while nothing comes back, and gives what `read` makes of an answer; undefined is of no interest. Null
 * where none came.
 */
export function exchange<T>(
  socket: Socket,
  server: { host: string; port: number },
  request: Buffer,
  read: (answer: Buffer) => T | undefined,
  attempts = ATTEMPTS,
): Promise<T | null> {
  return new Promise((resolve) => {
    let sent = 0;
    const end = (result: T | null) => {
      clearInterval(timer);
      socket.off('message', take);
      resolve(result);
    };
    const take = (answer: Buffer) => {
      const result = read(answer);
      if (result !== undefined) end(result);
    };
    const send = () => {
      if (sent++ >= attempts) return end(null);
      // A name that nobody knows is as good as no answer.
      socket.send(request, server.port, server.host, () => {});
    };
    socket.on('message', take);
    const timer = setInterval(send, ATTEMPT_MS);
    send();
  });
}

function addressIn(answer: Buffer): string | null {
  for (let at = HEADER_BYTES; at + 12 <= answer.length; ) {
    const [type, length] = [answer.readUInt16BE(at), answer.readUInt16BE(at + 2)];
    const isXor = type === XOR_MAPPED_ADDRESS;
    // IPv4 only: the socket has no other.
    if ((isXor || type === MAPPED_ADDRESS) && answer[at + 5] === 1) {
      const port = answer.readUInt16BE(at + 6) ^ (isXor ? MAGIC_COOKIE >>> 16 : 0);
      const address = (answer.readUInt32BE(at + 8) ^ (isXor ? MAGIC_COOKIE : 0)) >>> 0;
      return `${[24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')}:${port}`;
    }
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return null;
}
