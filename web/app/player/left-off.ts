import type { Progress, Title } from '../operations.ts';

/** Until then the platform has heard of it, and of what was watched elsewhere since. */
const HEARD_MS = 60_000;
/** From this share on a film counts as watched, as the platform has it. */
const COMPLETED_SHARE = 0.95;

/** Where films were left on this page, by their files. */
const left = new Map<string, { progress: Progress; at: number }>();

/** Remembers where someone left a film: what the platform answers may still be of a while before. */
export function leaveOff(catalogId: string, positionSeconds: number, durationSeconds: number | null): void {
  const completed = durationSeconds !== null && positionSeconds >= durationSeconds * COMPLETED_SHARE;
  left.set(catalogId, { progress: { positionSeconds, completed }, at: performance.now() });
}

/** What someone says of films counts from then on, and not where they left them. */
export function forgetLeftOff(catalogIds: readonly string[]): void {
  for (const catalogId of catalogIds) left.delete(catalogId);
}

/** Where someone left off the file they left last of those, or what is `known` of it. */
export function leftOff(catalogIds: readonly string[], known: Progress | null): Progress | null {
  let last: { progress: Progress; at: number } | null = null;
  for (const catalogId of catalogIds) {
    const found = left.get(catalogId);
    if (!found) continue;
    if (performance.now() - found.at > HEARD_MS) left.delete(catalogId);
    else if (!last || found.at > last.at) last = found;
  }
  return last?.progress ?? known;
}

/** A title with the progress that {@link leftOff} says. */
export function withLeftOff<T extends Pick<Title, 'files' | 'progress'>>(title: T): T {
  const catalogIds = title.files.map(({ catalogId }) => catalogId);
  return { ...title, progress: leftOff(catalogIds, title.progress) };
}
