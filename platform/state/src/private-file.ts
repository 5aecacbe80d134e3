import { randomUUID } from 'node:crypto';
import { chmodSync, closeSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const OWNER_FILE = 0o600;
const OWNER_DIRECTORY = 0o700;
/** What SQLite keeps beside a database, with the rights that the database had when it made them. */
const BESIDE = ['-wal', '-shm', '-journal'];

/**
 * Creates a file that its owner alone can read, and the folders above it, unless it exists; takes the rights of others
 * away from one that does, and from what SQLite keeps beside it. Whether it can be used at all its opener finds out.
 */
export function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: OWNER_DIRECTORY });
  // Not opened if it exists: closing a database file drops the locks this process has on it (POSIX).
  attempt(() => closeSync(openSync(path, 'ax', OWNER_FILE)));
  for (const suffix of ['', ...BESIDE]) attempt(() => chmodSync(path + suffix, OWNER_FILE));
}

/** Creates a folder that its owner alone can look into, or makes an existing one so. */
export function createPrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: OWNER_DIRECTORY });
  attempt(() => chmodSync(path, OWNER_DIRECTORY));
}

/** Writes a file that its owner alone reads, in a folder of its owner alone: whole or not at all. */
export function writePrivateFile(path: string, content: string): void {
  createPrivateDirectory(dirname(path));
  const temporary = `${path}.${randomUUID()}`;
  writeFileSync(temporary, content, { mode: OWNER_FILE, flush: true });
  attempt(() => chmodSync(temporary, OWNER_FILE));
  renameSync(temporary, path);
}

/** Another user's files, and file systems without rights, stay as they are. */
function attempt(change: () => void): void {
  try {
    change();
  } catch {}
}
