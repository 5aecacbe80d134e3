import { createSocket, type Socket } from 'node:dgram';
import { createLine } from './line.ts';
import { createPath } from './path.ts';
import { type LinkProfile, pathOf } from './profile.ts';
import { createRandom } from './random.ts';

const HOST = '127.0.0.1';
/** The kernel grants what it may. */
const SOCKET_BUFFER_BYTES = 8 * 1_024 * 1_024;

export interface UdpLink {
  /** What the near end sends to, in place of the far end; and the other way round. */
  readonly near: number;
  readonly far: number;
  /** Says which port an end has; without it that of the first datagram counts. It stays. */
  setEnd(side: 'near' | 'far', port: number): void;
  close(): void;
}

/** A link between two UDP sockets of this machine: each end sees one address, which stands for the other. */
export async function openUdpLink(profile: LinkProfile, seed: number): Promise<UdpLink> {
  const near = await openEnd();
  const far = await openEnd();
  const toFar = createLine<Uint8Array>(createPath(pathOf(profile), createRandom(seed)), far.send);
  const toNear = createLine<Uint8Array>(createPath(pathOf(profile), createRandom(~seed)), near.send);
  near.socket.on('message', (datagram, { port, address }) => {
    near.learn(port, address);
    toFar.send(datagram, datagram.byteLength);
  });
  far.socket.on('message', (datagram, { port, address }) => {
    far.learn(port, address);
    toNear.send(datagram, datagram.byteLength);
  });
  return {
    near: near.socket.address().port,
    far: far.socket.address().port,
    setEnd: (side, port) => (side === 'near' ? near : far).learn(port, HOST),
    close() {
      toFar.stop();
      toNear.stop();
      near.close();
      far.close();
    },
  };
}

async function openEnd() {
  const socket: Socket = createSocket({
    type: 'udp4',
    recvBufferSize: SOCKET_BUFFER_BYTES,
    sendBufferSize: SOCKET_BUFFER_BYTES,
  });
  await new Promise<void>((resolve) => socket.bind(0, HOST, resolve));
  // The other end may have gone.
  socket.on('error', () => {});
  let known = false;
  let connected = false;
  let closed = false;
  return {
    socket,
    /** A connected socket sends faster, and takes nothing from elsewhere. */
    learn(port: number, address: string) {
      if (known || closed) return;
      known = true;
      socket.connect(port, address, () => {
        connected = true;
      });
    },
    send(datagram: Uint8Array) {
      if (connected && !closed) socket.send(datagram);
    },
    close() {
      closed = true;
      socket.close();
    },
  };
}
