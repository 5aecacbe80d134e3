import type { FileKey, LibraryFile } from '../library/types.ts';
import type { ReadyFile } from '../scan/arrivals.ts';

/** Files remembered; of a library that is taken in, the rest wait their turn in the index. */
const MAX_REMEMBERED = 10_000;
/** Entries looked at for one that fits. */
const MAX_LOOKS = 100;

type Fits = (file: LibraryFile) => boolean;
type Find = (key: FileKey) => LibraryFile | null;

/** The files that became ready to be read: those that somebody waits for before those of a library, of either the latest first. */
export function createRecentFiles(find: Find) {
  const awaited = createStack(find);
  const others = createStack(find);
  return {
    /** Adds files, the smallest of them to be read first. */
    note(added: readonly ReadyFile[]): void {
      awaited.push(added.filter(({ isAwaited }) => isAwaited));
      others.push(added.filter(({ isAwaited }) => !isAwaited));
    },
    /** The next that is still to be read and fits; one that was added twice is found to be read by then. */
    take: (fits: Fits): LibraryFile | null => awaited.take(fits) ?? others.take(fits),
  };
}

function createStack(find: Find) {
  let keys: FileKey[] = [];
  return {
    push(added: readonly FileKey[]): void {
      const files = added.flatMap((key) => find(key) ?? []);
      keys.push(...files.sort((a, b) => b.sizeBytes - a.sizeBytes).map(({ dir, name }) => ({ dir, name })));
      if (keys.length > 2 * MAX_REMEMBERED) keys = keys.slice(-MAX_REMEMBERED);
    },
    take(fits: Fits): LibraryFile | null {
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
