import { catalogIdToBytes, parseCatalogId } from '@giggityflix/proto/catalog-id';
import {
  type AudioTrack,
  type DrawnSubtitleFormat,
  MAX_DRAWN_SUBTITLE_BYTES,
  MAX_READ_BYTES,
  MAX_SUBTITLE_BYTES,
  type PeerMessage,
  PIECE_SIZE,
  parseFragment,
  peerMessage,
  type SubtitleTrack,
  type ViewerMessage,
} from '@giggityflix/proto/data-channel';
import type { Hashing } from '../ports/hashing.ts';
import { globalTimers, type Timers } from '../ports/timers.ts';
import { ChannelError } from './channel-error.ts';
import { createCredit } from './credit.ts';
import { createIncomingRequest, type IncomingRequest, type TrackList } from './incoming-request.ts';
import { createOpening, type Opened } from './opening.ts';
import { checkPiece } from './verify-piece.ts';

export interface ReceivedPiece {
  index: number;
  data: Uint8Array;
}

export interface ViewerClientOptions {
  catalogId: string;
  /** Sends one control message. */
  send(text: string): void;
  hashing: Hashing;
  /** Payload the peer may have on its way, a piece at least; it follows the speed unless given. */
  windowBytes?: number;
  timers?: Timers;
}

/** The viewer's end of the data channel's protocol, over any transport. */
export interface ViewerClient {
  /**
   * @param onQueued called with the place in the queue of a peer that converts as much as it can; without it such a peer refuses.
   * @throws ChannelError when the peer refuses, and `closed` when another `open` follows before the answer.
   */
  open(
    request: Omit<ViewerMessage & { type: 'open' }, 'type' | 'catalogId' | 'id' | 'queue'>,
    onQueued?: (position: number) => void,
  ): Promise<Opened>;
  /**
   * The pieces that hold the bytes `start` to `end` (exclusive), in order, each verified to belong to the
   * catalog id (renditions have no proofs). The peer is held back while the pieces are not taken. Ending the
   * iteration early cancels the request, and so does `signal`, at once.
   *
   * @throws ChannelError `not_proven` for a piece that is not the file's, and for whatever the peer says; the signal's reason
   */
  read(start: number, end: number, signal?: AbortSignal): AsyncGenerator<ReceivedPiece, void, void>;
  /** The audio tracks of the film that is open, of which `open` takes one by its number. @throws ChannelError */
  audioTracks(): Promise<AudioTrack[]>;
  /** The same, and what the peer knows of the picture. @throws ChannelError */
  filmContents(): Promise<FilmContents>;
  /** The subtitles there are for the film, in WebVTT or a format that the viewer draws. @throws ChannelError */
  subtitles(formats?: readonly DrawnSubtitleFormat[]): Promise<SubtitleTrack[]>;
  /** One of them, as WebVTT. Nothing proves it: it is the peer's word. @throws ChannelError, the signal's reason */
  subtitle(track: number, signal?: AbortSignal): Promise<string>;
  /** One of them in its own format, packed as it was sent. @throws ChannelError, the signal's reason */
  drawnSubtitle(track: number, format: DrawnSubtitleFormat, signal?: AbortSignal): Promise<Uint8Array>;
  renewToken(token: string): void;
  /** To be called with every message of the channel. */
  receive(message: string | Uint8Array): void;
  /** To be called when the channel has closed: whatever waits fails with `closed`. */
  closed(reason: string): void;
  /** What ended everything on this channel; null while nothing has. */
  failure(): ChannelError | null;
  /** Payload bytes received. */
  receivedBytes(): number;
  /** Those of them that were asked for: a peer cannot make itself look fast by more. */
  takenBytes(): number;
}

/** What a peer knows of the film that is open. */
export type FilmContents = Pick<
  PeerMessage & { type: 'audioTracks' },
  'tracks' | 'picture' | 'originSeconds'
>;

/** A request that pieces answer. */
type Asking = Omit<ViewerMessage & { type: 'read' }, 'id'> | Omit<ViewerMessage & { type: 'subtitle' }, 'id'>;

export function createViewerClient(options: ViewerClientOptions): ViewerClient {
  const { hashing, timers = globalTimers, windowBytes } = options;
  const catalogId = parseCatalogId(options.catalogId);
  if (!catalogId) throw new RangeError('not a catalog id');
  // More is granted once a piece was taken whole: one that does not fit would be waited for without end.
  if (windowBytes !== undefined && windowBytes < PIECE_SIZE)
    throw new RangeError(`a window of less than a piece, which has ${PIECE_SIZE} bytes`);
  const root = catalogIdToBytes(catalogId);
  const requests = new Map<number, IncomingRequest>();
  let opened: Opened | null = null;
  /** The form asked for last. */
  let wanted: (ViewerMessage & { type: 'open' })['rendition'] | null = null;
  let failure: ChannelError | null = null;
  let nextId = 1;
  /** Payload that requests took, and what came late for those that were cancelled: up to what was granted then. */
  let takenBytes = 0;
  let lateUntil = 0;

  /** When what has not been answered was asked, by its id. */
  const asked = new Map<number, number>();
  const send = (message: ViewerMessage) => {
    if (message.type === 'cancel') {
      asked.delete(message.id);
      lateUntil = credit.grantedBytes();
    } else if ((message.type === 'open' || message.type === 'read') && message.id !== undefined)
      asked.set(message.id, performance.now());
    options.send(JSON.stringify(message));
  };
  const opening = createOpening(timers);
  const credit = createCredit({
    windowBytes,
    grant: (totalBytes) => {
      if (!failure) send({ type: 'grant', totalBytes });
    },
  });
  const failAll = (error: ChannelError) => {
    failure ??= error;
    opening.fail(error);
    for (const request of requests.values()) request.fail(error);
  };

  const onText = (message: PeerMessage) => {
    const askedAt = message.id === undefined ? undefined : asked.get(message.id);
    if (askedAt !== undefined) {
      asked.delete(message.id as number);
      credit.answered(performance.now() - askedAt);
    }
    if (message.type === 'opened') {
      // Another `open` may have followed before this answer to the first.
      if (!opening.isFor(message.id)) return;
      // Without a size nothing that follows would be verified.
      if (wanted === 'original' && (message.rendition !== 'original' || message.sizeBytes === null)) {
        opening.fail(new ChannelError('not_proven', 'the peer gives something else for the original'));
        return;
      }
      // One that nobody asked for changes nothing.
      if (opening.succeed(message)) opened = message;
      return;
    }
    if (message.type === 'error' && opening.isFor(message.id)) {
      const { code, position } = message;
      if (code === 'busy' && position !== undefined && message.id !== undefined && opening.queue(position))
        return;
      const error = new ChannelError(code, message.message, message.retryAfterMilliseconds);
      if (!opening.fail(error)) failAll(error);
      return;
    }
    const request = requests.get(message.id as number);
    if (!request) return;
    switch (message.type) {
      case 'error':
        return request.fail(new ChannelError(message.code, message.message));
      case 'piece':
        return request.announce(message);
      case 'audioTracks':
      case 'subtitles':
        request.list = message;
        request.done = true;
        return request.changed();
      case 'done':
        request.done = true;
        return request.changed();
    }
  };

  const onFragment = (message: Uint8Array) => {
    const fragment = parseFragment(message);
    if (!fragment) return;
    const { header, payload } = fragment;
    // A peer that ignores the window could fill the memory.
    if (!credit.receive(payload.byteLength))
      return failAll(new ChannelError('not_proven', 'the peer sent more than was granted'));
    const isTaken = requests.get(header.requestId)?.add(header, payload) ?? false;
    if (isTaken || credit.receivedBytes() <= lateUntil) takenBytes += payload.byteLength;
    if (!isTaken) credit.consume(payload.byteLength);
  };

  const begin = (isOfFilm: boolean): [number, IncomingRequest] => {
    const id = nextId++;
    const request = createIncomingRequest(isOfFilm);
    requests.set(id, request);
    return [id, request];
  };

  /** Asks, and gives the pieces that come; those of a file of known size are verified. */
  async function* receivePieces(
    message: Asking,
    firstIndex: number,
    sizeBytes: number | null,
    signal?: AbortSignal,
  ): AsyncGenerator<ReceivedPiece, void, void> {
    const [id, request] = begin(message.type === 'read');
    signal?.addEventListener('abort', request.changed);
    send({ ...message, id });
    let expectedIndex = firstIndex;
    let unconsumed = 0;
    try {
      for (;;) {
        signal?.throwIfAborted();
        if (request.error) throw request.error;
        const piece = request.ready.shift();
        if (piece) {
          unconsumed = piece.data.byteLength;
          await checkPiece(piece, { expectedIndex, sizeBytes, root, hashing });
          expectedIndex += 1;
          yield { index: piece.index, data: piece.data };
          credit.consume(unconsumed);
          unconsumed = 0;
        } else if (request.done) return;
        else await request.change();
      }
    } finally {
      signal?.removeEventListener('abort', request.changed);
      requests.delete(id);
      if (!failure && !request.done && request.error === null) send({ type: 'cancel', id });
      credit.consume(unconsumed + request.untaken());
    }
  }

  const listTracks = async <T extends TrackList['type']>(
    type: T,
    words: { formats?: string[] } = {},
  ): Promise<TrackList & { type: T }> => {
    if (failure) throw failure;
    const [id, request] = begin(false);
    try {
      send({ type, id, ...words });
      while (!request.done && !request.error) await request.change();
      if (request.error) throw request.error;
      const { list } = request;
      if (list?.type !== type) throw new ChannelError('bad_message', `the peer lists no ${type}`);
      return list as TrackList & { type: T };
    } finally {
      requests.delete(id);
    }
  };

  const readSubtitle = async (
    message: Asking,
    maxBytes: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array[]> => {
    if (failure) throw failure;
    signal?.throwIfAborted();
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for await (const { data } of receivePieces(message, 0, null, signal)) {
      bytes += data.byteLength;
      if (bytes > maxBytes) throw new ChannelError('read_failed', 'the subtitles are too long');
      parts.push(data);
    }
    return parts;
  };

  return {
    open(request, onQueued) {
      if (failure) return Promise.reject(failure);
      opening.fail(new ChannelError('closed', 'opened anew'));
      for (const before of requests.values())
        if (before.isOfFilm) before.fail(new ChannelError('closed', 'opened anew'));
      const id = nextId++;
      wanted = request.rendition;
      const response = opening.wait(id, onQueued);
      send({ type: 'open', catalogId, ...request, ...(onQueued ? { queue: true } : {}), id });
      credit.consume(0);
      return response;
    },

    async *read(start, end, signal) {
      if (failure) throw failure;
      if (!opened) throw new ChannelError('bad_message', 'nothing is open');
      if (end - start > MAX_READ_BYTES) throw new RangeError(`a read of more than ${MAX_READ_BYTES} bytes`);
      const first = Math.floor(start / PIECE_SIZE);
      yield* receivePieces({ type: 'read', start, end }, first, opened.sizeBytes, signal);
    },

    audioTracks: async () => (await listTracks('audioTracks')).tracks,
    subtitles: async (formats) =>
      (await listTracks('subtitles', formats ? { formats: [...formats] } : {})).tracks,
    filmContents: () => listTracks('audioTracks'),

    async subtitle(track, signal) {
      const parts = await readSubtitle({ type: 'subtitle', track }, MAX_SUBTITLE_BYTES, signal);
      const decoder = new TextDecoder();
      return parts.map((part) => decoder.decode(part, { stream: true })).join('') + decoder.decode();
    },
    async drawnSubtitle(track, format, signal) {
      const message = { type: 'subtitle', track, format } as const;
      const parts = await readSubtitle(message, MAX_DRAWN_SUBTITLE_BYTES, signal);
      const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
      let at = 0;
      for (const part of parts) {
        bytes.set(part, at);
        at += part.byteLength;
      }
      return bytes;
    },

    renewToken: (token) => send({ type: 'token', token }),
    receive(message) {
      if (typeof message !== 'string') return onFragment(message);
      const parsed = parsePeerMessage(message);
      if (parsed) onText(parsed);
      else failAll(new ChannelError('bad_message', 'the peer does not speak this protocol'));
    },
    closed: (reason) => failAll(new ChannelError('closed', reason)),
    failure: () => failure,
    receivedBytes: credit.receivedBytes,
    takenBytes: () => takenBytes,
  };
}

function parsePeerMessage(text: string): PeerMessage | null {
  try {
    return peerMessage.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
