import { join } from 'node:path';
import type { FileState, LibraryFile } from '../library/types.ts';
import { clean } from '../naming/text.ts';

/** A file that is not shared, as its owner is shown it. */
export interface UnsharedFile {
  path: string;
  state: FileState;
  /** In words; null where nothing is known. */
  reason: string | null;
}

/** Those first of which nothing comes by itself. */
const STATES = ['rejected', 'unreadable', 'unavailable'] as const;
/** Most characters of a path or a reason. */
const MAX_LENGTH = 500;

/** At most so many of the files that are not shared, with the reason of each. */
export function listUnshared(
  library: { list(options: { limit: number; state: FileState }): LibraryFile[] },
  limit: number,
): UnsharedFile[] {
  const found: UnsharedFile[] = [];
  for (const state of STATES) {
    if (found.length >= limit) break;
    for (const { dir, name, reason } of library.list({ state, limit: limit - found.length }))
      found.push({
        path: shorten(join(dir, name)),
        state,
        reason: reason === null ? null : shorten(reason),
      });
  }
  return found;
}

/** Fit for a page: names come from strangers, and may hold anything. */
function shorten(text: string): string {
  const words = clean(text);
  return words.length > MAX_LENGTH ? `${words.slice(0, MAX_LENGTH)}…` : words;
}
