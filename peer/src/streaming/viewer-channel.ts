import { randomUUID } from 'node:crypto';
import type { Logger } from '@giggityflix/kernel';
import {
  type ChannelErrorCode,
  MAX_OPEN_READS,
  MAX_READ_BYTES,
  type PeerMessage,
  PIECE_SIZE,
  type ViewerMessage,
} from '@giggityflix/proto/data-channel';
import { ContentChangedError } from '../content/content-source.ts';
import { RenditionError } from '../renditions/rendition.ffmpeg.ts';
import type { Refusal, RenditionRequest } from '../renditions/rendition.ts';
import type { OpenedFilm } from '../renditions/rendition-opener.ts';
import { SubtitleError } from '../subtitles/text.ts';
import type { RtcChannel } from '../webrtc/rtc.ts';
import type { Bandwidth } from './bandwidth.ts';
import { createControlReader } from './control-reader.ts';
import { createRequests } from './requests.ts';
import type { TokenVerifier } from './token-verifier.ts';
import { createViewerSubtitles, type ViewerSubtitlesOptions } from './viewer-subtitles.ts';
import { createViewerWork } from './viewer-work.ts';

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
  /** Gives the file in the form asked for, or the code of the refusal. Rejects when the signal is aborted. */
  openRendition(request: RenditionRequest, signal: AbortSignal): Promise<OpenedFilm | Refusal>;
  /** Forms this peer could make of a film. */
  conversions(): Promise<('remux' | 'transcode')[]>;
  subtitles: ViewerSubtitlesOptions['subtitles'];
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

/** Speaks the protocol of `data-channel.ts` with one viewer: nothing is served before a token that holds. */
export function createViewerChannel(options: ViewerChannelOptions): ViewerChannel {
  const { channel, verifier, logger } = options;
  const purpose = { sessionId: options.sessionId, catalogId: options.catalogId, connectionId: randomUUID() };
  let source: OpenedFilm | null = null;
  /** Of the film that was opened last, whatever it is opened as meanwhile. */
  let audioTracks: OpenedFilm['audioTracks'] | null = null;
  let opening: AbortController | null = null;
  let opened: Promise<void> = Promise.resolve();
  /** A rendition is being begun or ended. */
  let changing = false;
  let admitted = false;
  let closed = false;
  let faults = 0;
  let expiry: NodeJS.Timeout | undefined;

  const tell = (reply: PeerMessage) => channel.send(JSON.stringify(reply));
  const fail = (code: ChannelErrorCode, text: string, id?: number) => {
    faults += 1;
    tell({ type: 'error', code, message: text, ...(id === undefined ? {} : { id }) });
    if (faults >= MAX_FAULTS) void close('too many faults');
  };
  const failWith = (error: unknown, id?: number) => {
    logger.warn({ err: error }, 'could not serve a request');
    fail(...describe(error), id);
  };
  const requests = createRequests({
    channel,
    bandwidth: options.bandwidth.join(),
    tell,
    onSent: options.onSent,
    onFailed: (id, error) => failWith(error, id),
  });
  const work = createViewerWork({ requests, tell, failWith });
  const subtitles = createViewerSubtitles({ subtitles: options.subtitles, requests, work, fail });

  const close = async (reason: string) => {
    if (closed) return;
    closed = true;
    clearTimeout(expiry);
    requests.stop();
    channel.close();
    opening?.abort();
    if (changing) await opened;
    await source?.close();
    source = null;
    options.onClosed(reason);
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
    admitted = true;
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

  /** One after the other, as each lets go of what the one before held; the last one counts. */
  const open = (request: ViewerMessage & { type: 'open' }) => {
    opening?.abort();
    const mine = new AbortController();
    opening = mine;
    requests.cancelFilm();
    const before = source;
    source = null;
    opened = opened
      .then(() => during(async () => before?.close()))
      .then(() => openNow(request, mine.signal))
      .catch((error: unknown) => {
        if (!mine.signal.aborted) failWith(error, request.id);
      });
  };

  const openNow = async (request: ViewerMessage & { type: 'open' }, signal: AbortSignal) => {
    const { id } = request;
    if (signal.aborted) return;
    if (request.catalogId !== options.catalogId)
      return fail('unauthorized', 'the session is for another catalog id', id);
    if (!(await admit(request.token)) || signal.aborted) return;
    const conversions = await options.conversions();
    if (signal.aborted) return;
    const next = await during(() => options.openRendition(request, signal));
    if ('error' in next) return signal.aborted ? undefined : fail(next.error, next.message, id);
    if (signal.aborted) return during(() => next.close());
    source = next;
    audioTracks = next.audioTracks;
    tell({
      type: 'opened',
      sizeBytes: next.sizeBytes,
      mimeType: next.mimeType,
      pieceSize: PIECE_SIZE,
      rendition: next.rendition,
      startSeconds: next.startSeconds,
      durationSeconds: next.durationSeconds,
      conversions,
      ...(id === undefined ? {} : { id }),
    });
    options.onOpened();
  };

  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    changing = true;
    try {
      return await work();
    } finally {
      changing = false;
    }
  };

  /** Whether a new request may have this id. */
  const mayBegin = (id: number): boolean => {
    if (!admitted) fail('unauthorized', 'nothing is open', id);
    else if (requests.has(id)) fail('bad_message', `request ${id} is already open`, id);
    else if (requests.count() >= MAX_OPEN_READS) fail('busy', `more than ${MAX_OPEN_READS} requests`, id);
    else return true;
    return false;
  };

  const startRead = ({ id, start, end }: ViewerMessage & { type: 'read' }) => {
    if (!source) return fail('unauthorized', 'nothing is open', id);
    const size = source.sizeBytes;
    if (end <= start || end - start > MAX_READ_BYTES || (size !== null && end > size))
      return fail('bad_range', `${start} to ${end} of ${size ?? 'a stream'}`, id);
    const next = Math.floor(start / PIECE_SIZE);
    requests.serve({ id, source, next, end: Math.ceil(end / PIECE_SIZE), isOfFilm: true });
  };

  const listAudioTracks = (id: number) => {
    const list = audioTracks;
    if (!list) return fail('unauthorized', 'nothing is open', id);
    void work(id, async (signal) => ({ type: 'audioTracks', id, tracks: await list(signal) }));
  };

  const handle = (request: ViewerMessage) => {
    switch (request.type) {
      case 'open':
        return open(request);
      case 'token':
        return void admit(request.token);
      case 'read':
        return mayBegin(request.id) && startRead(request);
      case 'audioTracks':
        return mayBegin(request.id) && listAudioTracks(request.id);
      case 'subtitles':
        return mayBegin(request.id) && subtitles.list(request.id);
      case 'subtitle':
        return mayBegin(request.id) && subtitles.send(request.id, request.track);
      case 'cancel':
        return requests.cancel(request.id);
      case 'grant':
        return requests.grant(request.totalBytes);
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
    else fail('bad_message', 'not a message of this protocol', read.id);
  });
  channel.onClose(() => void close('the channel closed'));

  return { close };
}

/** What a viewer is told; the rest, which may name folders, is for the log alone. */
function describe(error: unknown): [ChannelErrorCode, string] {
  if (error instanceof ContentChangedError) return ['file_changed', 'the file is gone or has changed'];
  if (error instanceof RenditionError || error instanceof SubtitleError)
    return ['read_failed', error.message];
  return ['read_failed', 'the file cannot be read'];
}
