import Database from 'better-sqlite3';
import { createPrivateFile } from './private-file.ts';

/** Keeps the locks of this process from the garbage collector, which would give them back. */
const held = new Set<Database.Database>();

/**
 * Takes a lock for this process, or returns null when another one has it. The lock is the operating system's,
 * on a SQLite file at `path`, so it is gone with the process however that ends. The function returned gives it
 * back.
 */
export function lockFile(path: string): (() => void) | null {
  createPrivateFile(path);
  const database = new Database(path, { timeout: 0 });
  try {
    database.pragma('locking_mode = EXCLUSIVE');
    // Nothing is ever written, so that the lock is to be had on a full disk, too.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return null;
    throw error;
  }
  held.add(database);
  return () => {
    held.delete(database);
    database.close();
  };
}
