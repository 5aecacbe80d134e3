import type { Database } from 'better-sqlite3';
import type { KnownFile, KnownFiles } from './walk.ts';

/** Reads the index for a walk, over a connection of the walking thread. */
export function createKnownFiles(database: Database): KnownFiles {
  const inDirectory = database.prepare(
    'SELECT name, size_bytes AS sizeBytes, mtime_ms AS mtimeMs, dev, sidecars, state FROM files WHERE dir = ?',
  );
  // "0" is the character after "/": the range holds what begins with the folder and a separator.
  const directoriesBelow = database
    .prepare("SELECT DISTINCT dir FROM files WHERE dir = $dir OR (dir > $dir || '/' AND dir < $dir || '0')")
    .pluck();
  return {
    inDirectory: (dir) => inDirectory.all(dir) as KnownFile[],
    directoriesBelow: (dir) => directoriesBelow.all({ dir: dir === '/' ? '' : dir }) as string[],
  };
}
