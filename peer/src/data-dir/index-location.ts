import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { explainStorageFailure } from '../library/write-health.ts';
import { directoryId } from './directory-id.ts';

export const INDEX_FILE = 'index.sqlite';

/** With less room than this the index does not open, or cannot take up what a first scan finds. */
const MIN_ROOM_BYTES = 2 * 1_048_576;
/** A disk counts as usable again only with some more, so that the daemon does not go back and forth. */
const ENOUGH_ROOM_BYTES = 2 * MIN_ROOM_BYTES;
/** Room for what a copy takes up while it is worked on. */
const COPY_GROWTH_BYTES = 16 * 1_048_576;

/** The file of the index that is worked on. */
export interface IndexLocation {
  path: string;
  /** Why it is not the one in the data directory, in words; null when it is. */
  problem: string | null;
  /** Removes a copy. */
  release(): void;
}

/**
 * The index of a data directory; or, when the disk is full or cannot be written, a copy of it in a place with room. What
 * the copy learns is lost with it and learnt again: nothing in it is known from elsewhere than the media folders.
 *
 * @throws Error when there is nowhere to copy it to.
 */
export function locateIndex(dataDir: string): IndexLocation {
  const path = join(dataDir, INDEX_FILE);
  const problem = storageProblem(dataDir, MIN_ROOM_BYTES);
  // Without an index there is nothing to share yet: opening it says what is wrong.
  if (problem === null || !existsSync(path)) return { path, problem: null, release() {} };
  const copy = copyIndex(path);
  if (copy === null)
    throw new Error(
      `DATA_DIR ${dataDir} is of no use: ${problem}, and there is no room for a copy of its index elsewhere`,
    );
  return {
    path: join(copy, INDEX_FILE),
    problem,
    release: () => rmSync(copy, { recursive: true, force: true }),
  };
}

/** Whether the index of a data directory that was left for a copy may be worked on again. */
export function hasRecovered(dataDir: string): boolean {
  return storageProblem(dataDir, ENOUGH_ROOM_BYTES) === null;
}

/**
 * Puts an index aside that is no database any more, for its owner to look at, if `error` says so; returns whether it
 * does. All that was in it is learnt again from the media folders.
 */
export function setAsideDamaged(path: string, error: unknown): boolean {
  const { code } = error as { code?: string };
  if (code !== 'SQLITE_NOTADB' && !code?.startsWith('SQLITE_CORRUPT')) return false;
  renameSync(path, `${path}.damaged`);
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
  return true;
}

function storageProblem(dir: string, roomBytes: number): string | null {
  try {
    accessSync(dir, constants.W_OK);
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize < roomBytes ? 'its disk is full' : null;
  } catch (error) {
    return explainStorageFailure(error) ?? (error as Error).message;
  }
}

/** Copies the index with its write-ahead log, which holds what was not moved into it yet; null without room. */
function copyIndex(path: string): string | null {
  const files = ['', '-wal'].filter((suffix) => existsSync(path + suffix));
  const bytes = files.reduce((sum, suffix) => sum + statSync(path + suffix).size, 0);
  const prefix = `${directoryId(dirname(path))}-`;
  for (const place of [tmpdir(), '/dev/shm']) {
    let dir: string | null = null;
    try {
      if (storageProblem(place, bytes + COPY_GROWTH_BYTES) !== null) continue;
      removeFormer(place, prefix);
      dir = mkdtempSync(join(place, prefix));
      for (const suffix of files) copyFileSync(path + suffix, join(dir, INDEX_FILE + suffix));
      return dir;
    } catch {
      if (dir) rmSync(dir, { recursive: true, force: true });
    }
  }
  return null;
}

/** A daemon that was killed left its copy. */
function removeFormer(place: string, prefix: string): void {
  for (const name of readdirSync(place))
    if (name.startsWith(prefix)) rmSync(join(place, name), { recursive: true, force: true });
}
