import type { Opened } from '@giggityflix/player';

/** What nobody notices. */
const TOLERANCE_SECONDS = 0.1;

/** A video element that has read where its file begins and ends. */
type Element = Pick<HTMLVideoElement, 'currentTime' | 'duration'>;

/**
 * Why a file as it is cannot be watched in seconds of the film; null where it can. An element takes the file's own clock, which
 * need not begin at 0, and knows no end where the file does not say one.
 */
export function clockFault(
  { currentTime, duration }: Element,
  { durationSeconds }: Pick<Opened, 'durationSeconds'>,
  startSeconds: number,
): string | null {
  if (!Number.isFinite(duration)) return durationSeconds ? 'the file does not say how long it is' : null;
  const begins = startSeconds === 0 ? currentTime : duration - (durationSeconds ?? duration);
  return begins > TOLERANCE_SECONDS && begins < duration ? 'the clock of the file does not begin at 0' : null;
}
