import type { SqliteDatabase } from '@giggityflix/state';
import { SqliteError } from 'better-sqlite3';

/** Knows whether the index can be written. */
export interface WriteHealth {
  /** Why the last write failed, in words; null when one has succeeded since. */
  problem(): string | null;
  /** Runs a write, and rethrows what it throws. */
  watch<T>(write: () => T): T;
}

export function createWriteHealth(database: SqliteDatabase): WriteHealth {
  const changes = database.prepare('SELECT total_changes()').pluck();
  let problem: string | null = null;
  return {
    problem: () => problem,
    watch(write) {
      // A write that changes nothing succeeds on a full disk, too, and proves nothing.
      const before = problem === null ? null : changes.get();
      try {
        const result = write();
        if (problem !== null && changes.get() !== before) problem = null;
        return result;
      } catch (error) {
        problem = explainStorageFailure(error) ?? problem;
        if (problem !== null) reclaim(database);
        throw error;
      }
    },
  };
}

/**
 * Pages and bytes the write-ahead log may grow to before what it holds moves into the index. With SQLite's own bound of
 * 4 MB the log alone can fill a small disk, and then nothing fits into the index any more.
 */
const LOG_PAGES = 128;
const LOG_BYTES = 524_288;

export function boundLog(database: SqliteDatabase): void {
  database.pragma(`wal_autocheckpoint = ${LOG_PAGES}`);
  database.pragma(`journal_size_limit = ${LOG_BYTES}`);
}

/** How long to wait for a reader, in milliseconds: meanwhile the daemon does nothing else. */
const READER_WAIT_MS = 50;

/** Empties the write-ahead log, which may be all the room there is. */
function reclaim(database: SqliteDatabase): void {
  const timeout = database.pragma('busy_timeout', { simple: true });
  try {
    database.pragma(`busy_timeout = ${READER_WAIT_MS}`);
    database.pragma('wal_checkpoint(TRUNCATE)');
  } catch {
    // The disk is too full for that as well.
  } finally {
    database.pragma(`busy_timeout = ${timeout}`);
  }
}

/** What keeps data from being stored, in words its owner can act on; null for an error of another kind. */
export function explainStorageFailure(error: unknown): string | null {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return 'its disk is full';
  // SQLite needs room for its shared memory merely to open a file.
  if (code === 'SQLITE_IOERR_SHMSIZE') return 'its disk is full';
  if (
    code === 'EROFS' ||
    code === 'EACCES' ||
    code === 'EPERM' ||
    code?.startsWith('SQLITE_READONLY') ||
    code === 'SQLITE_CANTOPEN'
  )
    return 'it cannot be written';
  if (error instanceof SqliteError && code?.startsWith('SQLITE_IOERR')) return `its disk fails: ${message}`;
  return null;
}
