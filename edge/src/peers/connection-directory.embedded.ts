import type { SqliteDatabase } from '@giggityflix/state';
import type { ConnectionDirectory, ConnectionEntry } from './connection-directory.ts';

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
  return {
    async add(entry) {
      insert.run(entry.connectionId, entry.peerId, entry.edgeId);
    },
    async remove(entry) {
      remove.run(entry.connectionId);
    },
    find: async (peerId) => newest.get(peerId) ?? null,
    ofEdge: async (edgeId) => byEdge.all(edgeId),
  };
}
