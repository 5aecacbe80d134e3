import type { Opened } from '@giggityflix/player';
import { PlayerError } from './failure.ts';

/** What is kept behind the place being watched; less where the browser has no room for it. */
const BEHIND_SECONDS = 30;
const LEAST_BEHIND_SECONDS = 5;
/** Gaps that are skipped: nothing comes that would fill them. */
const GAP_SECONDS = 0.3;
const ROOM_AGAIN_MS = 250;

/** The bytes of a converted film that the video element holds. */
export interface MediaBuffer {
  /** What comes next was converted from another place, or by another peer. */
  moveTo(opened: Pick<Opened, 'mimeType' | 'startSeconds'>): Promise<void>;
  /**
   * Waits for room; false when it was not wanted any more before there was any.
   *
   * @throws PlayerError `undecodable` when the browser can make nothing of it
   */
  append(data: Uint8Array, isWanted: () => boolean): Promise<boolean>;
  holds(seconds: number): boolean;
  /** Where the part being watched ends. */
  end(): number;
}

export function createMediaBuffer(
  source: MediaSource,
  video: HTMLVideoElement,
  opened: Pick<Opened, 'mimeType' | 'startSeconds'>,
): MediaBuffer {
  const buffer = source.addSourceBuffer(opened.mimeType);
  let mimeType = opened.mimeType;
  buffer.timestampOffset = opened.startSeconds;
  let isBroken = false;
  buffer.addEventListener('error', () => {
    isBroken = true;
  });

  const settled = async () => {
    while (buffer.updating)
      await new Promise((resolve) => buffer.addEventListener('updateend', resolve, { once: true }));
  };
  const forget = async (until: number) => {
    if (until <= 0 || buffer.buffered.length === 0 || buffer.buffered.start(0) >= until) return;
    buffer.remove(0, until);
    await settled();
  };
  /** The range around a place, or within so many seconds of it. */
  const range = (seconds: number, around: number) => {
    const { buffered } = video;
    for (let index = 0; index < buffered.length; index += 1) {
      const [start, end] = [buffered.start(index), buffered.end(index)];
      if (start - around <= seconds && seconds <= end + around) return { start, end };
    }
    return null;
  };
  /** A stream may begin a little after the place asked for, where the element would wait for ever. */
  const skipGap = () => {
    if (range(video.currentTime, 0)) return;
    const next = range(video.currentTime, GAP_SECONDS);
    if (next && next.start > video.currentTime) video.currentTime = next.start;
  };

  return {
    async moveTo(next) {
      await settled();
      // After the film's end nothing is being parsed that would have to be broken off, and `abort` is an error.
      if (source.readyState === 'open') buffer.abort();
      if (next.mimeType !== mimeType) buffer.changeType(next.mimeType);
      mimeType = next.mimeType;
      buffer.timestampOffset = next.startSeconds;
    },
    async append(data, isWanted) {
      await settled();
      const { buffered } = buffer;
      if (buffered.length > 0 && buffered.start(0) < video.currentTime - 2 * BEHIND_SECONDS)
        await forget(video.currentTime - BEHIND_SECONDS);
      while (isWanted()) {
        try {
          buffer.appendBuffer(data as Uint8Array<ArrayBuffer>);
          await settled();
          if (isBroken)
            throw new PlayerError({ kind: 'undecodable', reason: `the browser cannot decode ${mimeType}` });
          skipGap();
          return true;
        } catch (error) {
          if ((error as Error).name !== 'QuotaExceededError') throw error;
          await forget(video.currentTime - LEAST_BEHIND_SECONDS);
          await new Promise((resolve) => setTimeout(resolve, ROOM_AGAIN_MS));
        }
      }
      return false;
    },
    holds: (seconds) => {
      const held = range(seconds, 0);
      return held !== null && seconds < held.end;
    },
    end: () => range(video.currentTime, GAP_SECONDS)?.end ?? video.currentTime,
  };
}
