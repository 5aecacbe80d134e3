import type { SqliteDatabase } from '@giggityflix/state';
import {
  CONNECTION_ID_MEMORY_S,
  type ConnectionDirectory,
  type ConnectionEntry,
} from './connection-directory.ts';

const COLUMNS = 'peer_id AS peerId, edge_id AS edgeId, connection_id AS connectionId';

/** {@link ConnectionDirectory} in a database of `openEdgeState`. */
export function createEmbeddedConnectionDirectory(database: SqliteDatabase): ConnectionDirectory {
  const insert = database.prepare<[string, string, string]>(
    'INSERT INTO connections (connection_id, peer_id, edge_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const remove = database.prepare<[string]>('DELETE FROM connections WHERE connection_id = ?');
  const newest = database.prepare<[string], ConnectionEntry>(
    `SELECT ${COLUMNS} FROM connections WHERE peer_id = ? ORDER BY connection_id DESC LIMIT 1`,
  );
  const byEdge = database.prepare<[string], ConnectionEntry>(
    `SELECT ${COLUMNS} FROM connections WHERE edge_id = ? ORDER BY connection_id`,
  );
  const remember = database.prepare<[string, string, number]>(
    `INSERT INTO newest_connections (peer_id, connection_id, at) VALUES (?, ?, ?)
     ON CONFLICT (peer_id) DO UPDATE SET connection_id = max(connection_id, excluded.connection_id), at = excluded.at`,
  );
  const newestId = database
    .prepare<[string], string>('SELECT connection_id FROM newest_connections WHERE peer_id = ?')
    .pluck();
  database
    .prepare<[number]>('DELETE FROM newest_connections WHERE at < ?')
    .run(Date.now() - CONNECTION_ID_MEMORY_S * 1_000);
  const add = database.transaction((entry: ConnectionEntry) => {
    insert.run(entry.connectionId, entry.peerId, entry.edgeId);
    remember.run(entry.peerId, entry.connectionId, Date.now());
  });
  return {
    newestId: async (peerId) => newestId.get(peerId) ?? null,
    add: async (entry) => add(entry),
    async remove(entry) {
      remove.run(entry.connectionId);
    },
    find: async (peerId) => newest.get(peerId) ?? null,
    ofEdge: async (edgeId) => byEdge.all(edgeId),
  };
}
