import type { SqliteDatabase } from '@giggityflix/state';

/** Tables of the embedded session store and its outbox; released migrations are never edited. */
export const SESSION_MIGRATIONS = [
  `CREATE TABLE sessions (
     id TEXT PRIMARY KEY, user_id TEXT NOT NULL, profile_id TEXT NOT NULL, catalog_id TEXT NOT NULL,
     device_id TEXT NOT NULL, status TEXT NOT NULL, started_at INTEGER NOT NULL,
     last_heartbeat_at INTEGER NOT NULL, position REAL NOT NULL, sequence INTEGER NOT NULL DEFAULT 0,
     lease_ends_at INTEGER, forget_at INTEGER
   ) STRICT;
   CREATE INDEX sessions_live ON sessions (user_id) WHERE lease_ends_at IS NOT NULL;
   CREATE INDEX sessions_lease ON sessions (lease_ends_at) WHERE lease_ends_at IS NOT NULL;
   CREATE INDEX sessions_forget ON sessions (forget_at) WHERE forget_at IS NOT NULL;
   CREATE TABLE outbox (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, event TEXT NOT NULL) STRICT;
   CREATE TABLE relay (singleton INTEGER PRIMARY KEY CHECK (singleton = 1), token TEXT, until INTEGER NOT NULL) STRICT;
   INSERT INTO relay VALUES (1, NULL, 0);`,
] as const;

/** Of a later release, so they follow those of everything else in the file. */
export const SESSION_ENDING_MIGRATIONS = [
  `ALTER TABLE sessions ADD COLUMN sign_in_id TEXT;
   ALTER TABLE sessions ADD COLUMN ends_at INTEGER;`,
] as const;

/** Every statement the store and its outbox run, prepared once. */
export function prepareStatements(database: SqliteDatabase) {
  return {
    insert: database.prepare(
      `INSERT INTO sessions (id, user_id, profile_id, catalog_id, device_id, status, started_at, last_heartbeat_at, position, sign_in_id, ends_at)
       VALUES (@id, @user_id, @profile_id, @catalog_id, @device_id, @status, @started_at, @last_heartbeat_at, @position, @sign_in_id, @ends_at)`,
    ),
    update: database.prepare(
      `UPDATE sessions SET status = @status, last_heartbeat_at = @last_heartbeat_at, position = @position,
         sequence = @sequence, lease_ends_at = @lease_ends_at, forget_at = @forget_at WHERE id = @id`,
    ),
    get: database.prepare('SELECT * FROM sessions WHERE id = ?'),
    live: database.prepare(
      'SELECT * FROM sessions WHERE user_id = ? AND lease_ends_at IS NOT NULL ORDER BY started_at, id',
    ),
    expired: database.prepare(
      'SELECT * FROM sessions WHERE lease_ends_at IS NOT NULL AND lease_ends_at <= ? ORDER BY lease_ends_at LIMIT ?',
    ),
    renew: database.prepare(
      'UPDATE sessions SET lease_ends_at = min(?, started_at + ?, coalesce(ends_at, 9e15)) WHERE lease_ends_at IS NOT NULL AND lease_ends_at <= ?',
    ),
    removeEnded: database.prepare('DELETE FROM sessions WHERE forget_at IS NOT NULL AND forget_at <= ?'),
    emit: database.prepare('INSERT INTO outbox (id, event) VALUES (?, ?)'),
    waiting: database.prepare('SELECT coalesce(max(position) - min(position) + 1, 0) AS waiting FROM outbox'),
  };
}
