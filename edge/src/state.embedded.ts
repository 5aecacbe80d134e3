import { migrateSqlite, openSqlite, type SqliteDatabase } from '@giggityflix/platform';

const MIGRATIONS = [
  `CREATE TABLE peer_keys (
     peer_id TEXT PRIMARY KEY,
     public_key BLOB NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE connections (
     connection_id TEXT PRIMARY KEY,
     peer_id TEXT NOT NULL,
     edge_id TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX connections_by_peer ON connections (peer_id, connection_id);
   CREATE INDEX connections_by_edge ON connections (edge_id);`,
];

/** Opens the SQLite file that edges of one machine share; see `peer-keys.ts` and `connection-directory.ts`. */
export function openEdgeState(path: string): SqliteDatabase {
  const database = openSqlite(path);
  migrateSqlite(database, MIGRATIONS);
  return database;
}
