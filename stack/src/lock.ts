import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/**
 * Takes a data folder for this process. The lock is the operating system's, on a SQLite file, so it is gone
 * with the process however that ends. Returns the release, or null when another process has it.
 */
export function lockDataDir(dataDir: string): (() => void) | null {
  mkdirSync(dataDir, { recursive: true });
  const database = new Database(join(dataDir, 'lock.db'), { timeout: 0 });
  try {
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return null;
    throw error;
  }
  return () => {
    database.exec('ROLLBACK');
    database.close();
  };
}
