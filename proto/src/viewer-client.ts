import { catalogIdToBytes, parseCatalogId } from './catalog-id.ts';
import {
  type AudioTrack,
  MAX_READ_BYTES,
  MAX_SUBTITLE_BYTES,
  type PeerMessage,
  PIECE_SIZE,
  parseFragment,
  peerMessage,
  type SubtitleTrack,
  type ViewerMessage,
} from './data-channel.ts';
import {
  checkPiece,
  createIncomingRequest,
  type IncomingRequest,
  type TrackList,
} from './incoming-request.ts';
import type { Sha256 } from './merkle.ts';
import { ChannelError } from './viewer-error.ts';

/** Payload a peer may have on its way; a fifth of a second at 20 MB/s. */
const DEFAULT_WINDOW_BYTES = 4 * 1_024 * 1_024;
/** How long a peer may take to answer `open`: it may have to fetch the keys tokens are signed with. */
const OPEN_TIMEOUT_MS = 15_000;

export { ChannelError } from './viewer-error.ts';

export type Opened = PeerMessage & { type: 'opened' };

export interface ReceivedPiece {
  index: number;
  data: Uint8Array;
}

export interface ViewerClientOptions {
  catalogId: string;
  /** Sends one control message. */
  send(text: string): void;
  sha256: Sha256;
  /** Hash of a piece as in the piece layer; where it is slow it may be given later. */
  hashPiece(piece: Uint8Array, sizeBytes: number): Uint8Array | Promise<Uint8Array>;
  windowBytes?: number;
}

/** The viewer's end of `data-channel.ts`, over any transport. */
export interface ViewerClient {
  /** @throws ChannelError when the peer refuses, and `closed` when another `open` follows before the answer. */
  open(request: Omit<ViewerMessage & { type: 'open' }, 'type' | 'catalogId' | 'id'>): Promise<Opened>;
  /**
   * The pieces that hold the bytes `start` to `end` (exclusive), in order, each proven to belong to the
   * catalog id (renditions have no proofs). The peer is held back while the pieces are not taken. Ending the
   * iteration early cancels the request.
   *
   * @throws ChannelError `not_proven` for a piece that is not the file's, and for whatever the peer says.
   */
  read(start: number, end: number): AsyncGenerator<ReceivedPiece, void, void>;
  /** The audio tracks of the film that is open, of which `open` takes one by its number. @throws ChannelError */
  audioTracks(): Promise<AudioTrack[]>;
  /** The subtitles there are for the film. @throws ChannelError */
  subtitles(): Promise<SubtitleTrack[]>;
  /** One of them, as WebVTT. Nothing proves it: it is the peer's word. @throws ChannelError, the signal's reason */
  subtitle(track: number, signal?: AbortSignal): Promise<string>;
  renewToken(token: string): void;
  /** To be called with every message of the channel. */
  receive(message: string | Uint8Array): void;
  /** To be called when the channel has closed: whatever waits fails with `closed`. */
  closed(reason: string): void;
  /** Payload bytes received. */
  receivedBytes(): number;
}

/** A request that pieces answer. */
type Asking = Omit<ViewerMessage & { type: 'read' }, 'id'> | Omit<ViewerMessage & { type: 'subtitle' }, 'id'>;

export function createViewerClient(options: ViewerClientOptions): ViewerClient {
  const windowBytes = options.windowBytes ?? DEFAULT_WINDOW_BYTES;
  const catalogId = parseCatalogId(options.catalogId);
  if (!catalogId) throw new RangeError('not a catalog id');
  const root = catalogIdToBytes(catalogId);
  const requests = new Map<number, IncomingRequest>();
  let opened: Opened | null = null;
  let opening: { id: number; resolve(value: Opened): void; reject(error: ChannelError): void } | null = null;
  let failure: ChannelError | null = null;
  let nextId = 1;
  let received = 0;
  let consumed = 0;
  let granted = 0;

  const tell = (message: ViewerMessage) => options.send(JSON.stringify(message));
  const consume = (bytes: number) => {
    consumed += bytes;
    if (failure || consumed + windowBytes - granted < windowBytes / 4) return;
    granted = consumed + windowBytes;
    tell({ type: 'grant', totalBytes: granted });
  };
  const failAll = (error: ChannelError) => {
    failure ??= error;
    opening?.reject(error);
    opening = null;
    for (const request of requests.values()) request.fail(error);
  };

  const onText = (message: PeerMessage) => {
    if (message.type === 'opened') {
      // The answer to an `open` that was given up meanwhile.
      if (message.id !== undefined && message.id !== opening?.id) return;
      opened = message;
      opening?.resolve(message);
      opening = null;
      return;
    }
    if (message.type === 'error' && (message.id === undefined || message.id === opening?.id)) {
      const error = new ChannelError(message.code, message.message);
      if (opening) opening.reject(error);
      else failAll(error);
      opening = null;
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
    received += payload.byteLength;
    // Whoever ignores the window could fill the memory.
    if (received > granted)
      return failAll(new ChannelError('not_proven', 'the peer sent more than was granted'));
    if (!requests.get(header.requestId)?.add(header, payload)) consume(payload.byteLength);
  };

  const begin = (isOfFilm: boolean): [number, IncomingRequest] => {
    const id = nextId++;
    const request = createIncomingRequest(isOfFilm);
    requests.set(id, request);
    return [id, request];
  };

  /** Asks, and gives the pieces that come; those of a file of known size must be proven. */
  async function* receivePieces(
    message: Asking,
    firstIndex: number,
    sizeBytes: number | null,
    signal?: AbortSignal,
  ): AsyncGenerator<ReceivedPiece, void, void> {
    const { sha256, hashPiece } = options;
    const [id, request] = begin(message.type === 'read');
    signal?.addEventListener('abort', request.changed);
    tell({ ...message, id });
    let expectedIndex = firstIndex;
    let unconsumed = 0;
    try {
      for (;;) {
        signal?.throwIfAborted();
        if (request.error) throw request.error;
        const piece = request.ready.shift();
        if (piece) {
          unconsumed = piece.data.byteLength;
          await checkPiece(piece, { expectedIndex, sizeBytes, root, sha256, hashPiece });
          expectedIndex += 1;
          yield { index: piece.index, data: piece.data };
          consume(unconsumed);
          unconsumed = 0;
        } else if (request.done) return;
        else await request.change();
      }
    } finally {
      signal?.removeEventListener('abort', request.changed);
      requests.delete(id);
      if (!failure && !request.done && request.error === null) tell({ type: 'cancel', id });
      consume(unconsumed + request.untaken());
    }
  }

  const listTracks = async <T extends TrackList['type']>(type: T): Promise<TrackList & { type: T }> => {
    if (failure) throw failure;
    const [id, request] = begin(false);
    try {
      tell({ type, id });
      while (!request.done && !request.error) await request.change();
      if (request.error) throw request.error;
      const { list } = request;
      if (list?.type !== type) throw new ChannelError('bad_message', `the peer lists no ${type}`);
      return list as TrackList & { type: T };
    } finally {
      requests.delete(id);
    }
  };

  return {
    open(request) {
      if (failure) return Promise.reject(failure);
      opening?.reject(new ChannelError('closed', 'opened anew'));
      for (const before of requests.values())
        if (before.isOfFilm) before.fail(new ChannelError('closed', 'opened anew'));
      const id = nextId++;
      return new Promise<Opened>((resolve, reject) => {
        const timer = setTimeout(() => {
          if (opening?.id === id) opening = null;
          reject(new ChannelError('timeout', 'the peer did not answer'));
        }, OPEN_TIMEOUT_MS);
        opening = {
          id,
          resolve(value) {
            clearTimeout(timer);
            resolve(value);
          },
          reject(error) {
            clearTimeout(timer);
            reject(error);
          },
        };
        tell({ type: 'open', catalogId, ...request, id });
        consume(0);
      });
    },

    async *read(start, end) {
      if (failure) throw failure;
      if (!opened) throw new ChannelError('bad_message', 'nothing is open');
      if (end - start > MAX_READ_BYTES) throw new RangeError(`a read of more than ${MAX_READ_BYTES} bytes`);
      const first = Math.floor(start / PIECE_SIZE);
      yield* receivePieces({ type: 'read', start, end }, first, opened.sizeBytes);
    },

    audioTracks: async () => (await listTracks('audioTracks')).tracks,
    subtitles: async () => (await listTracks('subtitles')).tracks,

    async subtitle(track, signal) {
      if (failure) throw failure;
      signal?.throwIfAborted();
      const decoder = new TextDecoder();
      let text = '';
      let bytes = 0;
      for await (const { data } of receivePieces({ type: 'subtitle', track }, 0, null, signal)) {
        bytes += data.byteLength;
        if (bytes > MAX_SUBTITLE_BYTES) throw new ChannelError('read_failed', 'the subtitles are too long');
        text += decoder.decode(data, { stream: true });
      }
      return text + decoder.decode();
    },

    renewToken: (token) => tell({ type: 'token', token }),
    receive(message) {
      if (typeof message !== 'string') return onFragment(message);
      const parsed = parsePeerMessage(message);
      if (parsed) onText(parsed);
      else failAll(new ChannelError('bad_message', 'the peer does not speak this protocol'));
    },
    closed: (reason) => failAll(new ChannelError('closed', reason)),
    receivedBytes: () => received,
  };
}

function parsePeerMessage(text: string): PeerMessage | null {
  try {
    return peerMessage.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
