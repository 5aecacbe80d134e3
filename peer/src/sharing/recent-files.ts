import type { FileKey, LibraryFile } from '../library/types.ts';

/** Files remembered; of a library that is taken in, the rest wait their turn in the index. */
const MAX_REMEMBERED = 10_000;
/** Entries looked at for one that fits. */
const MAX_LOOKS = 100;

/**
 * The files that became ready to be read, the latest first: somebody waits for the one just added, and for no particular
 * one of a whole library.
 */
export function createRecentFiles(find: (key: FileKey) => LibraryFile | null) {
  let keys: FileKey[] = [];
  return {
    /** Adds files, the smallest of them to be read first. */
    note(added: readonly FileKey[]): void {
      const files = added.flatMap((key) => find(key) ?? []);
      keys.push(...files.sort((a, b) => b.sizeBytes - a.sizeBytes).map(({ dir, name }) => ({ dir, name })));
      if (keys.length > 2 * MAX_REMEMBERED) keys = keys.slice(-MAX_REMEMBERED);
    },
    /** The latest that is still to be read and fits; one that was added twice is found to be read by then. */
    take(fits: (file: LibraryFile) => boolean): LibraryFile | null {
      for (let at = keys.length - 1, looks = 0; at >= 0 && looks < MAX_LOOKS; at -= 1, looks += 1) {
        const file = find(keys[at]!);
        const isPending = file?.state === 'pending';
        if (isPending && !fits(file)) continue;
        keys.splice(at, 1);
        if (isPending) return file;
      }
      return null;
    },
  };
}
