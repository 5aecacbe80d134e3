import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** A socket that talks to a server on this machine alone. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}
