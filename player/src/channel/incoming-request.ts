import type { PeerMessage } from '@giggityflix/proto/data-channel';
import { ChannelError } from './channel-error.ts';

/** A piece as it came. */
export interface IncomingPiece {
  index: number;
  data: Uint8Array;
  /** Uncle hashes, hexadecimal. */
  proof: string[];
}

/** The answer to a request for a list of tracks. */
export type TrackList = PeerMessage & { type: 'audioTracks' | 'subtitles' };

/** What has come in answer to one request of a viewer. */
export interface IncomingRequest {
  /** Of the form that is open, so that it ends with it. */
  readonly isOfFilm: boolean;
  /** Whole pieces that have not been taken. */
  readonly ready: IncomingPiece[];
  list: TrackList | null;
  done: boolean;
  error: ChannelError | null;
  announce(piece: PeerMessage & { type: 'piece' }): void;
  /** False for bytes that no piece waits for; then nobody will take them. Fragments out of order end the request. */
  add(fragment: { pieceIndex: number; offset: number }, payload: Uint8Array): boolean;
  fail(error: ChannelError): void;
  /** Wakes whoever waits for a change. */
  changed(): void;
  change(): Promise<void>;
  /** Bytes that came and were not taken. */
  untaken(): number;
}

export function createIncomingRequest(isOfFilm: boolean): IncomingRequest {
  let announced: (PeerMessage & { type: 'piece' }) | null = null;
  let buffer: Uint8Array | null = null;
  let filled = 0;
  let wake = () => {};
  const request: IncomingRequest = {
    isOfFilm,
    ready: [],
    list: null,
    done: false,
    error: null,
    announce(piece) {
      announced = piece;
      buffer = new Uint8Array(piece.length);
      filled = 0;
    },
    add({ pieceIndex, offset }, payload) {
      if (!buffer || !announced || request.error) return false;
      if (
        pieceIndex !== announced.index ||
        offset !== filled ||
        filled + payload.byteLength > buffer.byteLength
      ) {
        request.fail(new ChannelError('not_proven', 'fragments out of order'));
        return false;
      }
      buffer.set(payload, filled);
      filled += payload.byteLength;
      if (filled < buffer.byteLength) return true;
      request.ready.push({ index: announced.index, data: buffer, proof: announced.proof });
      announced = null;
      buffer = null;
      filled = 0;
      request.changed();
      return true;
    },
    fail(error) {
      request.error ??= error;
      request.changed();
    },
    changed: () => wake(),
    change: () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
    untaken: () => filled + request.ready.reduce((sum, piece) => sum + piece.data.byteLength, 0),
  };
  return request;
}
