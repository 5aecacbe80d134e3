import Database from 'better-sqlite3';
import { createPrivateFile } from './private-file.ts';

export type SqliteDatabase = Database.Database;

/** How long a statement waits for another process's write to finish before it fails with SQLITE_BUSY. */
const BUSY_TIMEOUT_MS = 5_000;
/**
 * Pages a connection keeps in memory, in KiB. The driver is built with 16 MB, which a process with several databases
 * fills in the course of weeks; the operating system caches the files as well.
 */
const CACHE_KIB = 2_000;
/** The same, and pages in the write-ahead log, of a file that takes bursts. */
const BURST_CACHE_KIB = 16_000;
const BURST_LOG_PAGES = 4_000;
/** How long a lock is left alone that SQLite does not wait for by itself. */
const BUSY_PAUSE_MS = 5;

/**
 * Opens a SQLite file for use by several processes at once: write-ahead log, and `synchronous`
 * FULL where a commit must survive a power cut or NORMAL where surviving a process crash is enough.
 */
export function openSqlite(
  path: string,
  options: {
    synchronous?: 'NORMAL' | 'FULL';
    /** For bursts of writes all over a file: keeps more pages in memory, and copies them out of the log less often. */
    takesBursts?: boolean;
  } = {},
): SqliteDatabase {
  if (path !== ':memory:') createPrivateFile(path);
  const database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  writeAhead(database);
  database.pragma(`synchronous = ${options.synchronous ?? 'NORMAL'}`);
  database.pragma('foreign_keys = ON');
  boundCache(database);
  if (options.takesBursts) {
    database.pragma(`cache_size = -${BURST_CACHE_KIB}`);
    database.pragma(`wal_autocheckpoint = ${BURST_LOG_PAGES}`);
    database.pragma(`journal_size_limit = ${BURST_LOG_PAGES * 4_096}`);
  }
  return database;
}

/** Bounds the pages that a connection keeps in memory. */
export function boundCache(database: SqliteDatabase): void {
  database.pragma(`cache_size = -${CACHE_KIB}`);
}

/**
 * Switches a file to its write-ahead log. Of processes that open a new file at the same moment each may hold what
 * another one waits for; SQLite then gives up at once, however long the timeout, and the next try finds the file switched.
 */
function writeAhead(database: SqliteDatabase): void {
  const deadline = Date.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      database.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (!(error as { code?: string }).code?.startsWith('SQLITE_BUSY') || Date.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BUSY_PAUSE_MS);
    }
  }
}

/**
 * Brings a database to the newest of `migrations` (SQL, in order; never edited once released), each in one
 * transaction, safe when several processes start at once.
 */
export function migrateSqlite(database: SqliteDatabase, migrations: readonly string[]): void {
  database
    .transaction(() => {
      const version = database.pragma('user_version', { simple: true }) as number;
      if (version > migrations.length)
        throw new Error(
          `${database.name} was written by a newer version (schema ${version}, this one knows ${migrations.length})`,
        );
      for (const migration of migrations.slice(version)) database.exec(migration);
      database.pragma(`user_version = ${migrations.length}`);
    })
    .immediate();
}
