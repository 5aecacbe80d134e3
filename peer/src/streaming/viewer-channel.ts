import { randomUUID } from 'node:crypto';
import type { Logger } from '@giggityflix/platform';
import {
  type ChannelErrorCode,
  FRAGMENT_HEADER_SIZE,
  fragmentSizeFor,
  MAX_OPEN_READS,
  MAX_READ_BYTES,
  type PeerMessage,
  PIECE_SIZE,
  type ViewerMessage,
  writeFragmentHeader,
} from '@giggityflix/proto/data-channel';
import { ContentChangedError } from '../content/content-source.ts';
import type { Bandwidth } from './bandwidth.ts';
import { createControlReader } from './control-reader.ts';
import { createCredit } from './credit.ts';
import { createPacer } from './pacer.ts';
import type { Rendition, RenditionRequest } from './rendition.ts';
import type { RtcChannel } from './rtc.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** Wrong messages forgiven before the channel is closed. */
const MAX_FAULTS = 16;
/** How long a viewer whose token has ended may take to send a new one, in milliseconds. */
const TOKEN_GRACE_MS = 30_000;
/** Longest delay of a Node timer, in milliseconds. */
const MAX_TIMER_MS = 2_147_483_647;

/** What a channel is opened for, and what it may use. */
export interface ViewerChannelOptions {
  channel: RtcChannel;
  sessionId: string;
  catalogId: string;
  verifier: TokenVerifier;
  bandwidth: Bandwidth;
  /** Gives the file in the form asked for, or the code of the refusal. */
  openRendition(request: RenditionRequest): Promise<Rendition | { error: ChannelErrorCode; message: string }>;
  /** Milliseconds since 1970, as tokens count it. */
  now: () => number;
  logger: Logger;
  onOpened(): void;
  onSent(bytes: number): void;
  /** After this nothing more happens. */
  onClosed(reason: string): void;
}

export interface ViewerChannel {
  close(reason: string): Promise<void>;
}

interface Read {
  id: number;
  next: number;
  /** Exclusive. */
  end: number;
  abort: AbortController;
}

/** Speaks the protocol of `data-channel.ts` with one viewer: nothing is served before a token that holds. */
export function createViewerChannel(options: ViewerChannelOptions): ViewerChannel {
  const { channel, verifier, logger } = options;
  const purpose = { sessionId: options.sessionId, catalogId: options.catalogId, connectionId: randomUUID() };
  const credit = createCredit();
  const bandwidth = options.bandwidth.join();
  const pacer = createPacer(channel, () => closed);
  const reads = new Map<number, Read>();
  const fragmentSize = fragmentSizeFor(channel.maxMessageBytes);
  const message = new Uint8Array(FRAGMENT_HEADER_SIZE + fragmentSize);
  let source: Rendition | null = null;
  let opening = false;
  let closed = false;
  let pumping = false;
  let faults = 0;
  let expiry: NodeJS.Timeout | undefined;

  const tell = (reply: PeerMessage) => channel.send(JSON.stringify(reply));
  const fail = (code: ChannelErrorCode, text: string, id?: number) => {
    faults += 1;
    tell({ type: 'error', code, message: text, ...(id === undefined ? {} : { id }) });
    if (faults >= MAX_FAULTS) void close('too many faults');
  };

  const close = async (reason: string) => {
    if (closed) return;
    closed = true;
    clearTimeout(expiry);
    dropReads();
    channel.close();
    await source?.close();
    source = null;
    options.onClosed(reason);
  };

  const dropReads = () => {
    for (const read of reads.values()) read.abort.abort();
    reads.clear();
  };

  const admit = async (token: string): Promise<boolean> => {
    const verdict = await verifier.verify(token, purpose);
    if (closed) return false;
    if (!verdict.ok) {
      logger.info({ reason: verdict.reason }, 'refused a playback token');
      tell({
        type: 'error',
        code: 'unauthorized',
        message: `the playback token is refused: ${verdict.reason}`,
      });
      // Gives the message time to leave before the channel does.
      setTimeout(() => void close(`token ${verdict.reason}`), 50);
      return false;
    }
    clearTimeout(expiry);
    const leftMs = Math.max(0, verdict.expiresAtMs - options.now()) + TOKEN_GRACE_MS;
    expiry = setTimeout(
      () => {
        tell({ type: 'error', code: 'unauthorized', message: 'the playback token has expired' });
        setTimeout(() => void close('token expired'), 50);
      },
      Math.min(leftMs, MAX_TIMER_MS),
    );
    return true;
  };

  const open = async (request: ViewerMessage & { type: 'open' }) => {
    if (opening) return fail('bad_message', 'an open is under way');
    opening = true;
    try {
      dropReads();
      const before = source;
      source = null;
      await before?.close();
      if (request.catalogId !== options.catalogId)
        return fail('unauthorized', 'the session is for another catalog id');
      if (!(await admit(request.token))) return;
      const opened = await options.openRendition(request);
      if (closed) return void ('error' in opened || (await opened.close()));
      if ('error' in opened) return fail(opened.error, opened.message);
      source = opened;
      tell({
        type: 'opened',
        sizeBytes: opened.sizeBytes,
        mimeType: opened.mimeType,
        pieceSize: PIECE_SIZE,
        rendition: opened.rendition,
        startSeconds: opened.startSeconds,
        durationSeconds: opened.durationSeconds,
      });
      options.onOpened();
    } catch (error) {
      logger.warn({ err: error }, 'could not open');
      fail(codeOf(error), 'the file cannot be read');
    } finally {
      opening = false;
    }
  };

  const startRead = ({ id, start, end }: ViewerMessage & { type: 'read' }) => {
    if (!source) return fail('unauthorized', 'nothing is open', id);
    if (reads.has(id)) return fail('bad_message', `request ${id} is already open`, id);
    if (reads.size >= MAX_OPEN_READS) return fail('busy', `more than ${MAX_OPEN_READS} requests`, id);
    const size = source.sizeBytes;
    if (end <= start || end - start > MAX_READ_BYTES || (size !== null && end > size))
      return fail('bad_range', `${start} to ${end} of ${size ?? 'a stream'}`, id);
    const last = Math.ceil(end / PIECE_SIZE);
    reads.set(id, { id, next: Math.floor(start / PIECE_SIZE), end: last, abort: new AbortController() });
    void pump();
  };

  const pump = async () => {
    if (pumping) return;
    pumping = true;
    try {
      for (let read = nextRead(); read && !closed; read = nextRead()) await serveTurn(read);
    } finally {
      pumping = false;
    }
  };
  const nextRead = () => reads.values().next().value;

  /** One piece, then the request goes to the end of the line. */
  const serveTurn = async (read: Read) => {
    const { id } = read;
    try {
      const more = await servePiece(read);
      if (read.abort.signal.aborted) return;
      reads.delete(id);
      if (more) reads.set(id, read);
      else tell({ type: 'done', id });
    } catch (error) {
      if (read.abort.signal.aborted || closed) return;
      reads.delete(id);
      logger.warn({ err: error, piece: read.next }, 'could not serve a piece');
      fail(codeOf(error), 'the file cannot be read', id);
    }
  };

  /** Sends the next piece of a request; false when that was the last. */
  const servePiece = async (read: Read): Promise<boolean> => {
    const { signal } = read.abort;
    const piece = await source!.read(read.next, signal);
    signal.throwIfAborted();
    if (!piece) return false;
    prefetchAfter(read);
    const { index, data, proof } = piece;
    tell({ type: 'piece', id: read.id, index, length: data.byteLength, proof });
    for (let offset = 0; offset < data.byteLength; offset += fragmentSize) {
      const payload = data.subarray(offset, offset + fragmentSize);
      await credit.spend(payload.byteLength, signal);
      await bandwidth.take(payload.byteLength, signal);
      writeFragmentHeader(message, { requestId: read.id, pieceIndex: index, offset });
      message.set(payload, FRAGMENT_HEADER_SIZE);
      if (!channel.send(message.subarray(0, FRAGMENT_HEADER_SIZE + payload.byteLength)))
        throw new Error('the channel no longer takes messages');
      options.onSent(payload.byteLength);
      await pacer.sent(payload.byteLength);
    }
    read.next += 1;
    return read.next < read.end;
  };

  /** Requests take turns: after this one the next in line, or this one again. */
  const prefetchAfter = (read: Read) => {
    for (const other of reads.values()) if (other !== read) return source?.prefetch(other.next);
    if (read.next + 1 < read.end) source?.prefetch(read.next + 1);
  };

  const handle = (request: ViewerMessage) => {
    switch (request.type) {
      case 'open':
        return void open(request);
      case 'token':
        return void admit(request.token);
      case 'read':
        return startRead(request);
      case 'cancel':
        reads.get(request.id)?.abort.abort();
        reads.delete(request.id);
        return;
      case 'grant':
        return credit.grant(request.totalBytes);
      case 'close':
        return void close('the viewer closed');
    }
  };

  const readControl = createControlReader();
  channel.onMessage((input) => {
    if (closed) return;
    const read = readControl(input);
    if (read.kind === 'message') handle(read.message);
    else if (read.kind === 'flood') void close('too many messages');
    else fail('bad_message', 'not a message of this protocol');
  });
  channel.onClose(() => void close('the channel closed'));

  return { close };
}

function codeOf(error: unknown): ChannelErrorCode {
  return error instanceof ContentChangedError ? 'file_changed' : 'read_failed';
}
