import type { FilmContents, Opened } from '@giggityflix/player';

/** What nobody notices. */
const TOLERANCE_SECONDS = 0.1;

/** Why a file as it is cannot be watched in seconds of the film; null where it can. An element knows no end where the file does not say one. */
export function endFault(
  { duration }: Pick<HTMLVideoElement, 'duration'>,
  { durationSeconds }: Pick<Opened, 'durationSeconds'>,
): string | null {
  return !Number.isFinite(duration) && durationSeconds ? 'the file does not say how long it is' : null;
}

/**
 * The same of where a film begins. An element takes the file's own clock, which need not begin at 0, and after a seek gives out what an
 * edit list leaves out of the first track.
 */
export function originFault({ originSeconds = 0, tracks }: FilmContents): string | null {
  if (Math.abs(originSeconds) > TOLERANCE_SECONDS) return 'the clock of the file does not begin at 0';
  const [first] = tracks;
  return (first?.trimmedSeconds ?? 0) > TOLERANCE_SECONDS
    ? 'the file leaves out the beginning of its sound'
    : null;
}
