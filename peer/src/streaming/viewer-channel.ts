import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
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
import type { Refusal, RenditionRequest } from '../renditions/rendition.ts';
import { RenditionError } from '../renditions/rendition-error.ts';
import type { OpenedFilm } from '../renditions/rendition-opener.ts';
import { SubtitleError } from '../subtitles/text.ts';
import type { RtcChannel } from '../webrtc/rtc.ts';
import { createAdmission } from './admission.ts';
import type { Bandwidth } from './bandwidth.ts';
import { createControlReader } from './control-reader.ts';
import { createFilmSlot } from './film-slot.ts';
import { createRequests } from './requests.ts';
import type { TokenVerifier } from './token-verifier.ts';
import { createViewerSubtitles, type ViewerSubtitlesOptions } from './viewer-subtitles.ts';
import { createViewerWork } from './viewer-work.ts';

/**
 * How long a viewer may take to read the last message and leave, in milliseconds; nothing is served meanwhile. Closing the
 * channel loses what is still on its way.
 */
const LINGER_MS = 500;
/** Wrong messages forgiven before the channel is closed. */
const MAX_FAULTS = 16;

/** What a channel is opened for, and what it may use. */
export interface ViewerChannelOptions {
  channel: RtcChannel;
  sessionId: string;
  catalogId: string;
  verifier: TokenVerifier;
  bandwidth: Pick<Bandwidth, 'join'>;
  /** Gives the file in the form asked for, or the code of the refusal. Rejects when the signal is aborted. */
  openRendition(
    request: RenditionRequest,
    signal: AbortSignal,
    onQueued?: (position: number) => void,
  ): Promise<OpenedFilm | Refusal>;
  /** Nothing of this viewer's is converted any more. */
  releaseRendition(): void;
  /** Forms this peer could make of a film. */
  conversions(): Promise<('remux' | 'transcode')[]>;
  subtitles: ViewerSubtitlesOptions['subtitles'];
  /** Milliseconds since 1970, as tokens count it. */
  now: () => number;
  logger: Logger;
  /** False when no more viewers are served. */
  mayOpen(): boolean;
  onOpened(): void;
  onSent(bytes: number): void;
  /** After this nothing more happens. */
  onClosed(reason: string): void;
}

export interface ViewerChannel {
  close(reason: string): Promise<void>;
  /** Closes with an error as the last message. */
  refuse(code: ChannelErrorCode, message: string): Promise<void>;
  /** When the token seen last ends, in milliseconds since 1970; null before the first. */
  tokenEndsAtMs(): number | null;
}

/** Speaks the protocol of `data-channel.ts` with one viewer: nothing is served before a token that holds. */
export function createViewerChannel(options: ViewerChannelOptions): ViewerChannel {
  const { channel, logger, sessionId, catalogId } = options;
  let closed = false;
  let faults = 0;
  const { promise: gone, resolve: leave } = Promise.withResolvers<void>();

  const send = (reply: PeerMessage) => channel.send(JSON.stringify(reply));
  const fail = (
    code: ChannelErrorCode,
    text: string,
    id?: number,
    more: { retryAfterMilliseconds?: number } = {},
  ) => {
    faults += 1;
    send({ type: 'error', code, message: text, ...(id === undefined ? {} : { id }), ...more });
    if (faults >= MAX_FAULTS) void close('too many faults');
  };
  const failWith = (error: unknown, id?: number) => {
    logger.warn({ err: error }, 'could not serve a request');
    fail(...describe(error), id);
  };
  const close = async (reason: string) => {
    if (closed) return;
    closed = true;
    admission.stop();
    requests.stop();
    channel.close();
    await slot.close();
    options.onClosed(reason);
  };

  const refuse = async (code: ChannelErrorCode, message: string) => {
    if (closed) return;
    // Nothing more is read or begun while the last message is on its way, with what was sent before it.
    requests.stop();
    send({ type: 'error', code, message });
    await Promise.race([gone, delay(LINGER_MS)]);
    await close(message);
  };

  const requests = createRequests({
    channel,
    bandwidth: options.bandwidth.join(),
    send,
    onSent: options.onSent,
    onFailed: (id, error) => failWith(error, id),
  });
  const work = createViewerWork({ requests, send, failWith });
  const subtitles = createViewerSubtitles({ subtitles: options.subtitles, requests, work, fail });
  const admission = createAdmission({
    verifier: options.verifier,
    purpose: { sessionId, catalogId, connectionId: randomUUID() },
    now: options.now,
    logger,
    send,
    close: (reason) => void close(reason),
  });
  let conversions: ('remux' | 'transcode')[] = [];
  const slot = createFilmSlot({
    openRendition: options.openRendition,
    async permit({ id, token, catalogId: asked }) {
      if (asked !== catalogId) fail('unauthorized', 'the session is for another catalog id', id);
      else if (await admission.admit(token)) {
        if (!options.mayOpen()) {
          void refuse('busy', 'this peer serves as many viewers as it may');
          return false;
        }
        conversions = await options.conversions();
        return true;
      }
      return false;
    },
    onReplaced: requests.cancelFilm,
    onOpened(film, { id }) {
      send({ ...openedMessage(film), conversions, ...(id === undefined ? {} : { id }) });
      options.onOpened();
    },
    onQueued(position, { id }) {
      // One who waits has been admitted, and is no more in the way of others than one who watches.
      options.onOpened();
      send({
        type: 'error',
        code: 'busy',
        message: 'this peer already converts as much as it can',
        position,
        retryAfterMilliseconds: 0,
        ...(id === undefined ? {} : { id }),
      });
    },
    onIdle: options.releaseRendition,
    onRefused: ({ error, message, retryAfterMilliseconds }, id) =>
      fail(error, message, id, retryAfterMilliseconds === undefined ? {} : { retryAfterMilliseconds }),
    onFailed: failWith,
  });

  /** Whether a new request may have this id. */
  const mayBegin = (id: number): boolean => {
    if (!admission.isAdmitted()) fail('unauthorized', 'nothing is open', id);
    else if (requests.has(id)) fail('bad_message', `request ${id} is already open`, id);
    else if (requests.count() >= MAX_OPEN_READS) fail('busy', `more than ${MAX_OPEN_READS} requests`, id);
    else return true;
    return false;
  };

  const startRead = ({ id, start, end }: ViewerMessage & { type: 'read' }) => {
    const source = slot.film();
    if (!source) return fail('unauthorized', 'nothing is open', id);
    const size = source.sizeBytes;
    if (end <= start || end - start > MAX_READ_BYTES || (size !== null && end > size))
      return fail('bad_range', `${start} to ${end} of ${size ?? 'a stream'}`, id);
    const next = Math.floor(start / PIECE_SIZE);
    requests.serve({ id, source, next, end: Math.ceil(end / PIECE_SIZE), isOfFilm: true });
  };

  const listAudioTracks = (id: number) => {
    const list = slot.contents();
    if (!list) return fail('unauthorized', 'nothing is open', id);
    void work(id, async (signal) => {
      const { audioTracks: tracks, picture, originSeconds } = await list(signal);
      return {
        type: 'audioTracks',
        id,
        tracks,
        ...(picture ? { picture } : {}),
        ...(originSeconds === null ? {} : { originSeconds }),
      };
    });
  };

  const handle = (request: ViewerMessage) => {
    switch (request.type) {
      case 'open':
        return slot.open(request);
      case 'token':
        return void admission.admit(request.token);
      case 'read':
        return mayBegin(request.id) && startRead(request);
      case 'audioTracks':
        return mayBegin(request.id) && listAudioTracks(request.id);
      case 'subtitles':
        return mayBegin(request.id) && subtitles.list(request.id, request.formats ?? []);
      case 'subtitle':
        return mayBegin(request.id) && subtitles.send(request.id, request.track, request.format ?? null);
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
  channel.onClose(() => {
    leave();
    void close('the channel closed');
  });

  return { close, refuse, tokenEndsAtMs: admission.endsAtMs };
}

function openedMessage(film: OpenedFilm) {
  return {
    type: 'opened',
    sizeBytes: film.sizeBytes,
    mimeType: film.mimeType,
    pieceSize: PIECE_SIZE,
    rendition: film.rendition,
    startSeconds: film.startSeconds,
    durationSeconds: film.durationSeconds,
    ...(film.audioChannels == null ? {} : { audioChannels: film.audioChannels }),
  } as const;
}

/** The answer to a viewer; the rest, which may name folders, is for the log alone. */
function describe(error: unknown): [ChannelErrorCode, string] {
  if (error instanceof ContentChangedError) return ['file_changed', 'the file is gone or has changed'];
  if (error instanceof RenditionError || error instanceof SubtitleError)
    return ['read_failed', error.message];
  return ['read_failed', 'the file cannot be read'];
}
