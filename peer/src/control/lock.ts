import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** A daemon is using this data directory already. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
}

/**
 * Takes the data directory for this process. The lock is the operating system's, on a SQLite file, so it ends with the
 * process however that ends.
 *
 * @returns the function that gives it back.
 * @throws AlreadyRunningError when another process has it.
 */
export function lockDataDir(dataDir: string): () => void {
  const database = new Database(join(dataDir, 'daemon.lock'), { timeout: 0 });
  try {
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY')
      throw new AlreadyRunningError(
        `a daemon already runs on ${dataDir}: use "giggityflix-peer status", or give another DATA_DIR`,
      );
    throw error;
  }
  return () => database.close();
}

/** Whether a daemon has the data directory now. */
export function isLocked(dataDir: string): boolean {
  if (!existsSync(dataDir)) return false;
  try {
    lockDataDir(dataDir)();
    return false;
  } catch (error) {
    if (error instanceof AlreadyRunningError) return true;
    throw error;
  }
}
