import type { FileKey } from '../library/types.ts';

/** How many files one look at the folders has found so far. */
export interface Arrivals {
  files: number;
}

/** A file that is ready to be read. */
export interface ReadyFile extends FileKey {
  /** Whether it came with few others: somebody waits for it, and for no particular one of a library. */
  isAwaited: boolean;
}

/** More files than this that come together are a library. */
const MOST_AWAITED = 32;

export const areAwaited = ({ files }: Arrivals): boolean => files <= MOST_AWAITED;
