import { migrateSqlite, openSqlite, type SqliteDatabase } from '@giggityflix/state';

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
  `CREATE TABLE deliveries (
     edge_id TEXT NOT NULL,
     delivery_id TEXT NOT NULL,
     delivery TEXT NOT NULL,
     PRIMARY KEY (edge_id, delivery_id)
   ) STRICT, WITHOUT ROWID;`,
];

/** Opens the SQLite file that edges of one machine share; see `peer-keys.ts`, `connection-directory.ts` and `delivery-journal.ts`. */
export function openEdgeState(path: string): SqliteDatabase {
  const database = openSqlite(path);
  migrateSqlite(database, MIGRATIONS);
  return database;
}
