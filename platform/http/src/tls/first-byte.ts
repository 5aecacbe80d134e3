import type { Socket } from 'node:net';

/** The first byte of TLS (RFC 8446, section 5.1), with which neither a request of HTTP/1 nor HTTP/2 in plain text begins. */
const HANDSHAKE_RECORD = 22;

/**
 * Calls `then` once, when the first byte of a new connection is here: with whether it is TLS, and the byte back in its
 * place. How long that may take is the caller's; a connection that breaks before is closed, and not told of.
 */
export function onFirstByte(socket: Socket, then: (isTls: boolean) => void): void {
  socket.once('error', close);
  const look = () => {
    const first = socket.read(1) as Buffer | null;
    if (first === null) {
      socket.once('readable', look);
      return;
    }
    socket.unshift(first);
    socket.removeListener('error', close);
    then(first[0] === HANDSHAKE_RECORD);
  };
  look();
}

function close(this: Socket): void {
  this.destroy();
}
