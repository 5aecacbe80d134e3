import { PlayerError } from './failure.ts';
import type { OpenStream } from './film-stream.ts';

/** What is kept behind the place being watched; less where the browser has no room for it. */
const BEHIND_SECONDS = 30;
const LEAST_BEHIND_SECONDS = 5;
/** Gaps that are skipped: nothing comes that would fill them. */
const GAP_SECONDS = 0.3;
const ROOM_AGAIN_MS = 250;
/** Handed over at a time, so that a long stretch between two places to begin at fits in piece by piece. */
const MAX_APPEND_BYTES = 1_024 * 1_024;
/** With less ahead than this and no room, none will be made by watching on. */
const LEAST_AHEAD_SECONDS = 1;

type Coming = Pick<OpenStream, 'mimeType' | 'startSeconds' | 'completeFrom'>;

/** The part of a film that a video element holds. */
export interface MediaBuffer {
  /** What comes next is for another place, or from another source. */
  moveTo(coming: Coming, seconds: number): Promise<void>;
  /**
   * Waits for room; false when it was not wanted any more before there was any.
   *
   * @throws PlayerError `undecodable` when the browser can make nothing of it, `full` when there will never be room
   */
  append(data: Uint8Array, isWanted: () => boolean): Promise<boolean>;
  /** The end of the part that holds a place; null where none does. */
  endOfPartAt(seconds: number): number | null;
  /** Whether what is coming goes on with the part that holds a place. */
  isFilled(seconds: number): boolean;
  /** Where what is coming goes on. */
  filledTo(): number;
}

export function createMediaBuffer(
  source: MediaSource,
  video: HTMLVideoElement,
  coming: Coming,
  seconds: number,
): MediaBuffer {
  const buffer = source.addSourceBuffer(coming.mimeType);
  let { mimeType } = coming;
  let askedFor = seconds;
  let filledTo = seconds;
  let completeFrom = coming.completeFrom;
  buffer.timestampOffset = coming.startSeconds;
  let isBroken = false;
  buffer.addEventListener('error', () => {
    isBroken = true;
  });

  /** One thing after the other: what was begun for a place that has been left ends before anything is done for the next one. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
  const settled = async () => {
    while (buffer.updating)
      await new Promise((resolve) => buffer.addEventListener('updateend', resolve, { once: true }));
  };
  const forget = async (from: number, until: number) => {
    if (until <= from) return;
    buffer.remove(from, until);
    await settled();
  };
  /** The range around a place, or within so many seconds of it. */
  const range = (place: number, around: number) => {
    const { buffered } = video;
    for (let index = 0; index < buffered.length; index += 1) {
      const [start, end] = [buffered.start(index), buffered.end(index)];
      if (start - around <= place && place <= end + around) return { start, end };
    }
    return null;
  };
  const ends = () => Array.from({ length: video.buffered.length }, (_, index) => video.buffered.end(index));
  /** A stream may begin a little after the place asked for, where the element would wait for ever. */
  const skipGap = () => {
    if (range(video.currentTime, 0)) return;
    const next = range(video.currentTime, GAP_SECONDS);
    if (next && next.start > video.currentTime) video.currentTime = next.start;
    else if (
      completeFrom !== undefined &&
      // The viewer may have gone elsewhere meanwhile.
      video.currentTime >= askedFor - GAP_SECONDS &&
      video.currentTime < completeFrom &&
      range(completeFrom, GAP_SECONDS)
    )
      video.currentTime = completeFrom;
  };
  /** What was watched, but for a little, and what is held of other places than the present one. */
  const makeRoom = async () => {
    await forget(0, video.currentTime - LEAST_BEHIND_SECONDS);
    const held = range(video.currentTime, GAP_SECONDS);
    const end = Math.max(held?.end ?? video.currentTime, filledTo) + GAP_SECONDS;
    const { buffered } = buffer;
    if (buffered.length > 0 && buffered.end(buffered.length - 1) > end)
      await forget(end, Number.POSITIVE_INFINITY);
    const ahead = (range(video.currentTime, GAP_SECONDS)?.end ?? video.currentTime) - video.currentTime;
    return ahead > LEAST_AHEAD_SECONDS;
  };
  const appendSome = async (data: Uint8Array, isWanted: () => boolean): Promise<boolean> => {
    for (let isLast = false; isWanted(); ) {
      try {
        const before = ends();
        buffer.appendBuffer(data as Uint8Array<ArrayBuffer>);
        await settled();
        if (isBroken)
          throw new PlayerError({ kind: 'undecodable', reason: `the browser cannot decode ${mimeType}` });
        const grown = ends().find((end) => !before.includes(end));
        filledTo = range(filledTo, GAP_SECONDS)?.end ?? grown ?? filledTo;
        skipGap();
        return true;
      } catch (error) {
        if ((error as Error).name !== 'QuotaExceededError') throw error;
        if (isLast) throw error;
        isLast = !(await makeRoom());
        if (!isLast) await new Promise((resolve) => setTimeout(resolve, ROOM_AGAIN_MS));
      }
    }
    return false;
  };

  return {
    moveTo: (next, place) =>
      inTurn(async () => {
        // After the film's end nothing is being parsed that would have to be broken off, and `abort` is an error.
        if (source.readyState === 'open') buffer.abort();
        if (next.mimeType !== mimeType) buffer.changeType(next.mimeType);
        ({ mimeType, completeFrom } = next);
        askedFor = place;
        filledTo = place;
        buffer.timestampOffset = next.startSeconds;
      }),
    append: (data, isWanted) =>
      inTurn(async () => {
        const { buffered } = buffer;
        if (buffered.length > 0 && buffered.start(0) < video.currentTime - 2 * BEHIND_SECONDS)
          await forget(0, video.currentTime - BEHIND_SECONDS);
        for (let at = 0; at < data.byteLength; at += MAX_APPEND_BYTES)
          if (!(await appendSome(data.subarray(at, at + MAX_APPEND_BYTES), isWanted))) return false;
        return true;
      }),
    endOfPartAt(place) {
      const held = range(place, 0);
      return held !== null && place < held.end ? held.end : null;
    },
    isFilled(place) {
      const held = range(place, 0);
      return held !== null && held.start === range(filledTo, GAP_SECONDS)?.start;
    },
    filledTo: () => filledTo,
  };
}
