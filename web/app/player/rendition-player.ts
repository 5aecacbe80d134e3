import {
  failureOf,
  type Link,
  type Opened,
  type PeerConnection,
  type ViewerClient,
} from '@giggityflix/player';
import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { PlayerError, type PlayerFailure, type SourceState } from './failure.ts';
import { createMediaBuffer, type MediaBuffer } from './media-buffer.ts';

/** Pieces asked for at a time: 16 MiB if they are whole. */
const PIECES_PER_READ = 64;
/** How much is fetched before it is watched. */
const AHEAD_SECONDS = 45;
/** A seek bar that is dragged asks for many places; the last one counts. */
const SEEK_PAUSE_MS = 200;
const LOOK_AGAIN_MS = 250;
/** Failures in a row without a picture between them: after two another peer is asked for, after six playback fails. */
const MAX_FAILURES_OF_PEER = 2;
const MAX_FAILURES = 6;
const FIRST_WAIT_MS = 300;
/** A seek that lands so near to where a conversion under way begins is the one it was made for. */
const SAME_PLACE_SECONDS = 0.01;
/** A stream that ends so long before the film does broke off, as when the disk it is on is removed. */
const EARLY_SECONDS = 5;

export interface RenditionPlayer extends SourceState {
  /** Whether bytes are awaited that the place being watched needs. */
  isWaiting(): boolean;
  /** From where on the film is missing, in seconds. */
  place(): number;
  stop(): void;
}

/** Plays a film its peer converts on the fly: Media Source Extensions, a new conversion for each seek beyond what is held. */
export function playRendition(options: {
  video: HTMLVideoElement;
  link: Link;
  startSeconds: number;
  /** The link has just been opened for this form and place. */
  isOpen: boolean;
  onFailure(failure: PlayerFailure): void;
}): RenditionPlayer {
  const { video, link } = options;
  const source = new MediaSource();
  const url = URL.createObjectURL(source);
  let buffer: MediaBuffer | null = null;
  let generation = 0;
  /** Where the conversion under way begins, until its first bytes have come. */
  let wanted: number | null = options.startSeconds;
  let seeking: ReturnType<typeof setTimeout> | undefined;

  /** Fetches from `seconds` on until it is to fetch from elsewhere. */
  const run = async (seconds: number, isOpen = false): Promise<void> => {
    const mine = ++generation;
    const isCurrent = () => mine === generation;
    let failures = 0;
    /** An end at or before this has been tried once more in vain. */
    let endedAt = 0;
    wanted = seconds;
    for (let first = isOpen; ; first = false) {
      let connection: PeerConnection | null = null;
      try {
        connection = first ? await link.connection() : await link.reopen();
        if (!isCurrent()) return;
        await prepare(connection.opened, seconds);
        const isOver = await fill(connection.client, isCurrent, () => {
          failures = 0;
          wanted = null;
        });
        if (!isOver) return;
        const end = buffer!.end();
        const isEarly = (connection.opened.durationSeconds ?? 0) - end > EARLY_SECONDS;
        if (isEarly && end > endedAt) {
          endedAt = end + 1;
          wanted = end;
          continue;
        }
        if (source.readyState === 'open') source.endOfStream();
        return;
      } catch (error) {
        if (!isCurrent()) return;
        // What follows from an error of the element is the element's to say.
        if (video.error) return;
        const failure = failureOf(error);
        failures += 1;
        if (failure.kind !== 'refused' || failures > MAX_FAILURES) return options.onFailure(failure);
        wanted = place();
        // A peer that has gone is replaced by the link; one that failed may do better the next time.
        if (failure.code === 'closed') continue;
        if (failures % MAX_FAILURES_OF_PEER === 0 && connection) link.abandon(connection);
        await wait(FIRST_WAIT_MS * 2 ** (failures - 1));
        if (!isCurrent()) return;
      }
    }
  };

  const prepare = async (opened: Opened, seconds: number) => {
    if (buffer) return buffer.moveTo(opened);
    if (!MediaSource.isTypeSupported(opened.mimeType))
      throw new PlayerError({ kind: 'undecodable', reason: `this browser cannot play ${opened.mimeType}` });
    buffer = createMediaBuffer(source, video, opened);
    if (opened.durationSeconds) source.duration = opened.durationSeconds;
    if (seconds > 0) video.currentTime = seconds;
  };

  /** True when the film's end has been reached. */
  const fill = async (
    client: ViewerClient,
    isCurrent: () => boolean,
    onProgress: () => void,
  ): Promise<boolean> => {
    for (let next = 0; ; ) {
      const end = next + PIECES_PER_READ;
      for await (const piece of client.read(next * PIECE_SIZE, end * PIECE_SIZE)) {
        next = piece.index + 1;
        while (isCurrent() && buffer!.end() - video.currentTime > AHEAD_SECONDS) await wait(LOOK_AGAIN_MS);
        if (!isCurrent() || !(await buffer!.append(piece.data, isCurrent))) return false;
        onProgress();
      }
      if (!isCurrent()) return false;
      if (next < end) return true;
    }
  };

  const place = () => wanted ?? buffer?.end() ?? video.currentTime;
  const onSeeking = () => {
    clearTimeout(seeking);
    // The first place is set before there is anything to watch.
    const isAwaited = wanted !== null && Math.abs(video.currentTime - wanted) < SAME_PLACE_SECONDS;
    if (isAwaited || buffer?.holds(video.currentTime)) return;
    seeking = setTimeout(() => {
      if (!buffer?.holds(video.currentTime)) void run(video.currentTime);
    }, SEEK_PAUSE_MS);
  };
  source.addEventListener(
    'sourceopen',
    () => {
      void run(options.startSeconds, options.isOpen);
      video.addEventListener('seeking', onSeeking);
    },
    { once: true },
  );
  video.src = url;

  return {
    place,
    isRead: () => buffer !== null,
    readError: () => null,
    isWaiting: () => !buffer?.holds(video.currentTime),
    stop() {
      generation += 1;
      clearTimeout(seeking);
      video.removeEventListener('seeking', onSeeking);
      URL.revokeObjectURL(url);
    },
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
