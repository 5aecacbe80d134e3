import { failureOf } from '@giggityflix/player';
import { PlayerError, type PlayerFailure, type SourceState } from './failure.ts';
import type { FilmStream, OpenStream } from './film-stream.ts';
import { createMediaBuffer, type MediaBuffer } from './media-buffer.ts';
import { createMediaSource, isSated, takesType } from './media-source.ts';

/** How much is fetched before it is watched; less where the browser has no room for it. */
const AHEAD_SECONDS = 45;
/** Enough for a browser that wants no more for now. */
const SATED_AHEAD_SECONDS = 10;
/** A seek bar that is dragged asks for many places; the last one counts. */
const SEEK_PAUSE_MS = 200;
const LOOK_AGAIN_MS = 250;
/** Failures in a row without a picture between them: after two another peer is asked for, after six playback fails. */
const MAX_FAILURES_OF_PEER = 2;
const MAX_FAILURES = 6;
const FIRST_WAIT_MS = 300;
/** A seek that lands so near to where a stream under way begins is the one it was opened for. */
const SAME_PLACE_SECONDS = 0.01;
/** A stream that ends so long before the film does broke off, as when the disk it is on is removed. */
const EARLY_SECONDS = 5;
/** A stream that is to go on from the film's end begins so long before it: one of nothing would be a failure. */
const LAST_SECONDS = 1;

export interface StreamPlayer extends SourceState {
  /** Whether bytes are awaited that the place being watched needs. */
  isWaiting(): boolean;
  /** From where on the film is missing, in seconds. */
  place(): number;
  stop(): void;
}

/** Plays a stream by Media Source Extensions: opened anew for each seek beyond what is held. */
export function playStream(options: {
  video: HTMLVideoElement;
  stream: FilmStream;
  startSeconds: number;
  onFailure(failure: PlayerFailure): void;
}): StreamPlayer {
  const { video, stream } = options;
  const source = createMediaSource(video);
  const url = URL.createObjectURL(source);
  let buffer: MediaBuffer | null = null;
  let generation = 0;
  /** Where the stream under way was asked to begin. */
  let askedFor = options.startSeconds;
  /** The same, until its first bytes have come. */
  let wanted: number | null = askedFor;
  let seeking: ReturnType<typeof setTimeout> | undefined;

  /** Fetches from `seconds` on until it is to fetch from elsewhere. */
  const run = async (seconds: number): Promise<void> => {
    const mine = ++generation;
    const isCurrent = () => mine === generation;
    let failures = 0;
    /** An end at or before this has been tried once more in vain. */
    let endedAt = 0;
    askedFor = seconds;
    wanted = seconds;
    for (;;) {
      let opened: OpenStream | null = null;
      try {
        opened = await stream.open(place());
        if (!isCurrent()) return;
        await prepare(opened, seconds);
        const isOver = await fill(opened, isCurrent, () => {
          failures = 0;
          wanted = null;
        });
        if (!isOver) return;
        const end = buffer!.filledTo();
        const isEarly = opened.mayBreakOff && (opened.durationSeconds ?? 0) - end > EARLY_SECONDS;
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
        if (failures % MAX_FAILURES_OF_PEER === 0) opened?.abandon();
        await wait(FIRST_WAIT_MS * 2 ** (failures - 1));
        if (!isCurrent()) return;
      }
    }
  };

  const prepare = async (opened: OpenStream, seconds: number) => {
    if (buffer) return buffer.moveTo(opened, place());
    if (!takesType(opened.mimeType))
      throw new PlayerError({ kind: 'undecodable', reason: `this browser cannot play ${opened.mimeType}` });
    buffer = createMediaBuffer(source, video, opened, seconds);
    if (opened.durationSeconds) source.duration = opened.durationSeconds;
  };

  /** True when the film's end has been reached. */
  const fill = async (
    opened: OpenStream,
    isCurrent: () => boolean,
    onProgress: () => void,
  ): Promise<boolean> => {
    for await (const part of opened.parts()) {
      while (isCurrent() && isFarAhead()) await wait(LOOK_AGAIN_MS);
      if (!isCurrent() || !(await buffer!.append(part, isCurrent))) return false;
      onProgress();
    }
    return isCurrent();
  };
  const isFarAhead = () => {
    const ahead = buffer!.filledTo() - video.currentTime;
    return ahead > (isSated(source) ? SATED_AHEAD_SECONDS : AHEAD_SECONDS);
  };

  const place = () => wanted ?? buffer?.filledTo() ?? video.currentTime;
  /** From where on what follows the place being watched has to be fetched; null when it is being fetched. */
  const missingFrom = () => {
    const seconds = video.currentTime;
    // The first place is set before there is anything to watch.
    if (wanted !== null && Math.abs(seconds - wanted) < SAME_PLACE_SECONDS) return null;
    const end = buffer?.endOfPartAt(seconds) ?? null;
    if (end === null) return seconds;
    // What is held of another place ends without being gone on with.
    return buffer!.isFilled(seconds) ? null : Math.max(seconds, Math.min(end, video.duration - LAST_SECONDS));
  };
  const onSeeking = () => {
    clearTimeout(seeking);
    if (missingFrom() === null) return;
    seeking = setTimeout(() => {
      const from = missingFrom();
      if (from !== null) void run(from);
    }, SEEK_PAUSE_MS);
  };
  /** Before anything is known of a film, an element goes to another place without saying so. */
  const onKnown = () => {
    if (Math.abs(video.currentTime - askedFor) >= SAME_PLACE_SECONDS) onSeeking();
  };
  source.addEventListener(
    'sourceopen',
    () => {
      void run(options.startSeconds);
      video.addEventListener('seeking', onSeeking);
      video.addEventListener('loadedmetadata', onKnown, { once: true });
    },
    { once: true },
  );
  video.src = url;
  // At once: where the viewer goes from now on comes after it.
  if (options.startSeconds > 0) video.currentTime = options.startSeconds;

  return {
    place,
    isRead: () => buffer !== null,
    readError: () => null,
    isWaiting: () => (buffer?.endOfPartAt(video.currentTime) ?? null) === null,
    stop() {
      generation += 1;
      clearTimeout(seeking);
      video.removeEventListener('seeking', onSeeking);
      video.removeEventListener('loadedmetadata', onKnown);
      URL.revokeObjectURL(url);
      stream.close();
    },
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
