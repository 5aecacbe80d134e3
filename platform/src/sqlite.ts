import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';

export type SqliteDatabase = Database.Database;

/** How long a statement waits for another process's write to finish before it fails with SQLITE_BUSY. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens a SQLite file for use by several processes at once: write-ahead log, and `synchronous`
 * FULL where a commit must survive a power cut or NORMAL where surviving a process crash is enough.
 */
export function openSqlite(path: string, options: { synchronous?: 'NORMAL' | 'FULL' } = {}): SqliteDatabase {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${options.synchronous ?? 'NORMAL'}`);
  database.pragma('foreign_keys = ON');
  return database;
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
