import { READY } from '@giggityflix/kernel';
import { migrateSqlite, openSqlite, type SqliteDatabase } from '@giggityflix/state';
import { createEmbeddedDeliveryJournal } from '../commands/delivery-journal.embedded.ts';
import { BARRED_SCHEMA, createEmbeddedMembers, MEMBERS_SCHEMA } from '../membership/members.embedded.ts';
import { createEmbeddedConnectionDirectory } from '../peers/connection-directory.embedded.ts';
import { createEmbeddedPeerKeys } from '../peers/peer-keys.embedded.ts';
import type { EdgeState } from './state.ts';

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
  MEMBERS_SCHEMA,
  `CREATE TABLE newest_connections (
     peer_id TEXT PRIMARY KEY,
     connection_id TEXT NOT NULL,
     at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  BARRED_SCHEMA,
];

/** Opens the SQLite file that edges of one machine share; the adapters have the queries. */
export function openEdgeState(path: string): SqliteDatabase {
  const database = openSqlite(path);
  migrateSqlite(database, MIGRATIONS);
  return database;
}

/** {@link EdgeState} in a SQLite file, for edges of one machine. */
export function openEmbeddedState(path: string): EdgeState {
  const database = openEdgeState(path);
  return {
    peerKeys: createEmbeddedPeerKeys(database),
    members: createEmbeddedMembers(database),
    directory: createEmbeddedConnectionDirectory(database),
    journal: createEmbeddedDeliveryJournal(database),
    ready: () => READY,
    close: async () => void database.close(),
  };
}
