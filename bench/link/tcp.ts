import { connect as connectSocket, createServer, type Socket } from 'node:net';
import { createLine } from './line.ts';
import { createPath } from './path.ts';
import { type LinkProfile, pathOf } from './profile.ts';
import { createRandom } from './random.ts';

const HOST = '127.0.0.1';
/** Sent and not arrived, per direction; what a TCP connection of Linux may grow to by itself. */
const IN_FLIGHT_BYTES = 4 * 1_024 * 1_024;

export interface TcpLink {
  readonly port: number;
  close(): void;
}

/**
 * A link in front of a TCP server. Segments are acknowledged at the forwarder, so that TCP itself sees neither the delay nor
 * losses: a connection is as fast from its beginning as it could become. It flatters TCP, in other words.
 */
export async function openTcpLink(profile: LinkProfile, target: number): Promise<TcpLink> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connectSocket({ port: target, host: HOST, noDelay: true, allowHalfOpen: true });
    forward(near, far, profile);
    forward(far, near, profile);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('the forwarder has no port');
  return {
    port: address.port,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function forward(from: Socket, to: Socket, profile: LinkProfile): void {
  // What waits in front of the line is not dropped but held back.
  const path = createPath(
    { ...pathOf(profile), loss: 0, queueBytes: Number.POSITIVE_INFINITY },
    createRandom(0),
  );
  let inFlight = 0;
  const line = createLine<Uint8Array | null>(path, (chunk) => {
    if (chunk === null) return to.end();
    inFlight -= chunk.byteLength;
    if (!to.destroyed) to.write(chunk);
    if (inFlight < IN_FLIGHT_BYTES && from.isPaused()) from.resume();
  });
  from.on('data', (chunk: Buffer) => {
    inFlight += chunk.byteLength;
    line.send(chunk, chunk.byteLength);
    if (inFlight >= IN_FLIGHT_BYTES) from.pause();
  });
  from.on('end', () => line.send(null, 0));
  from.on('error', () => to.destroy());
  from.on('close', () => {
    if (from.errored) line.stop();
  });
}
