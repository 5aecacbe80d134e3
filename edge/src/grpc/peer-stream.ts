import { ConnectResponse } from '@giggityflix/proto';
import { Metadata, type status } from '@grpc/grpc-js';
import { MAX_DETAILS_LENGTH, MAX_UNREAD_BYTES } from './limits.ts';
import type { CallFailure, Frame, OutgoingMessage, PeerCall } from './wire.ts';

/** How a stream ended: by a half-close of the peer, or by a broken connection. */
export type StreamEnd = 'half-closed' | 'lost';

export interface PeerStreamHandlers {
  onFrame(frame: Frame): void;
  /** Called once, unless `end` was called before. */
  onEnd(how: StreamEnd): void;
}

/** One gRPC stream, with reading that can be held back and writing that is bounded. */
export interface PeerStream {
  /** Address and port of the other end. */
  readonly address: string;
  /** False when the peer has not read {@link MAX_UNREAD_BYTES} of what it was sent, or the stream is over. */
  writable(): boolean;
  send(message: OutgoingMessage): void;
  /** While held, no further message is taken off the stream, and HTTP/2 flow control slows the peer. */
  hold(held: boolean): void;
  /** Ends the call with a status. Nothing is received afterwards. */
  end(code: status, details: string, trailers?: CallFailure['trailers']): void;
}

/** Takes over a call. At most one frame is read ahead of those handed to `onFrame`. */
export function createPeerStream(call: PeerCall, handlers: PeerStreamHandlers): PeerStream {
  let over = false;
  let held = false;
  let readWanted = false;
  let unreadBytes = 0;

  const read = call._read.bind(call);
  call._read = (size) => {
    if (held) readWanted = true;
    else read(size);
  };

  const finish = (how: StreamEnd) => {
    if (over) return;
    over = true;
    handlers.onEnd(how);
    if (how === 'half-closed') call.end();
  };
  call.on('data', (frame: Frame) => {
    if (!over) handlers.onFrame(frame);
  });
  // A connection that breaks looks like a half-close first; its 'cancelled' follows in the same turn.
  call.on('end', () => setImmediate(() => finish('half-closed')));
  call.on('cancelled', () => finish('lost'));
  call.on('error', () => finish('lost'));

  return {
    address: call.getPeer(),
    writable: () => !over && unreadBytes < MAX_UNREAD_BYTES,
    send(message) {
      if (over) return;
      const bytes = sizeOf(message);
      unreadBytes += bytes;
      call.write({ message }, () => {
        unreadBytes -= bytes;
      });
    },
    hold(value) {
      held = value;
      if (held || !readWanted) return;
      readWanted = false;
      read(1);
    },
    end(code, details, trailers = {}) {
      if (over) return;
      over = true;
      const failure = new Error(details);
      const metadata = new Metadata();
      for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
      call.emit(
        'error',
        Object.assign(failure, { code, details: details.slice(0, MAX_DETAILS_LENGTH), metadata }),
      );
    },
  };
}

/** An estimate: exact sizes would cost a second serialization. */
function sizeOf(message: OutgoingMessage): number {
  switch (message.$case) {
    case 'command':
    case 'playbackSignal':
    case 'keySet':
      return ConnectResponse.encode({ message }).finish().byteLength;
    default:
      return 128;
  }
}
