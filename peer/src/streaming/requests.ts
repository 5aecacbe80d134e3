import {
  FRAGMENT_HEADER_SIZE,
  fragmentSizeFor,
  type PeerMessage,
  writeFragmentHeader,
} from '@giggityflix/proto/data-channel';
import type { PieceReader } from '../pieces/piece-source.ts';
import type { RtcChannel } from '../webrtc/rtc.ts';
import type { BandwidthShare } from './bandwidth.ts';
import { createCredit } from './credit.ts';
import { createPacer } from './pacer.ts';

/** What a viewer asked for: pieces of something. */
export interface PieceRequest {
  id: number;
  source: PieceReader;
  next: number;
  /** Exclusive. */
  end: number;
  /** Of the film itself, so that it ends when the film is opened anew. */
  isOfFilm: boolean;
}

/** The requests of one viewer: they take turns, a piece each. */
export interface Requests {
  has(id: number): boolean;
  count(): number;
  /** Reserves a place for one whose source has yet to be found; its signal is aborted when it is no longer wanted. */
  reserve(id: number): AbortSignal;
  serve(request: PieceRequest): void;
  cancel(id: number): void;
  /** Cancels those of the film, so that its source can be closed. */
  cancelFilm(): void;
  /** How many bytes the viewer takes in all; see `data-channel.ts`. */
  grant(totalBytes: number): void;
  stop(): void;
}

export interface RequestsOptions {
  channel: RtcChannel;
  bandwidth: BandwidthShare;
  send(message: PeerMessage): void;
  onSent(bytes: number): void;
  /** A request ends with this. */
  onFailed(id: number, error: unknown): void;
}

interface Line {
  request: PieceRequest | null;
  abort: AbortController;
}

export function createRequests(options: RequestsOptions): Requests {
  const { channel, bandwidth, send } = options;
  const credit = createCredit();
  const pacer = createPacer(channel);
  const fragmentSize = fragmentSizeFor(channel.maxMessageBytes);
  const message = new Uint8Array(FRAGMENT_HEADER_SIZE + fragmentSize);
  /** In the order of their turns. */
  const line = new Map<number, Line>();
  let pumping = false;
  let stopped = false;

  const pump = async () => {
    if (pumping) return;
    pumping = true;
    try {
      for (let next = nextOf(null); next && !stopped; next = nextOf(null)) await serveTurn(next);
    } finally {
      pumping = false;
    }
  };
  const nextOf = (current: PieceRequest | null) => {
    for (const { request } of line.values()) if (request && request !== current) return request;
    return null;
  };

  /** One piece, then the request goes to the end of the line. */
  const serveTurn = async (request: PieceRequest) => {
    const { id } = request;
    const place = line.get(id) as Line;
    const { signal } = place.abort;
    try {
      const more = await servePiece(request, signal);
      if (signal.aborted) return;
      line.delete(id);
      if (more) line.set(id, place);
      else send({ type: 'done', id });
    } catch (error) {
      if (signal.aborted) return;
      line.delete(id);
      options.onFailed(id, error);
    }
  };

  /** Sends the next piece of a request; false when that was the last. */
  const servePiece = async (request: PieceRequest, signal: AbortSignal): Promise<boolean> => {
    const piece = await request.source.read(request.next, signal);
    signal.throwIfAborted();
    if (!piece) return false;
    const after = nextOf(request);
    if (after) after.source.prefetch(after.next);
    else if (request.next + 1 < request.end) request.source.prefetch(request.next + 1);
    const { index, data, proof } = piece;
    send({ type: 'piece', id: request.id, index, length: data.byteLength, proof });
    for (let offset = 0; offset < data.byteLength; offset += fragmentSize) {
      const payload = data.subarray(offset, offset + fragmentSize);
      await credit.spend(payload.byteLength, signal);
      await bandwidth.take(payload.byteLength, signal);
      writeFragmentHeader(message, { requestId: request.id, pieceIndex: index, offset });
      message.set(payload, FRAGMENT_HEADER_SIZE);
      if (!channel.send(message.subarray(0, FRAGMENT_HEADER_SIZE + payload.byteLength)))
        throw new Error('the channel no longer takes messages');
      options.onSent(payload.byteLength);
      await pacer.sent();
    }
    request.next += 1;
    return request.next < request.end;
  };

  const cancel = (id: number) => {
    line.get(id)?.abort.abort();
    line.delete(id);
  };

  return {
    has: (id) => line.has(id),
    count: () => line.size,
    reserve(id) {
      const abort = new AbortController();
      line.set(id, { request: null, abort });
      return abort.signal;
    },
    serve(request) {
      const place = line.get(request.id) ?? { request, abort: new AbortController() };
      place.request = request;
      line.set(request.id, place);
      void pump();
    },
    cancel,
    cancelFilm() {
      for (const [id, { request }] of [...line]) if (request?.isOfFilm) cancel(id);
    },
    grant: credit.grant,
    stop() {
      stopped = true;
      for (const id of [...line.keys()]) cancel(id);
    },
  };
}
