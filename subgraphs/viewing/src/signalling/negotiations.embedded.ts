import type { Signal } from '@giggityflix/bus';
import type { SqliteDatabase } from '@giggityflix/state';
import type { ServingPeer } from '../availability/availability.ts';
import {
  MAX_LOST_PEERS,
  MAX_OFFERED_PEERS,
  MAX_SESSIONS_PER_PEER,
  MAX_SIGNALS,
  NEGOTIATION_TTL_MS,
  type NegotiationStore,
} from './negotiations.ts';

export const NEGOTIATION_MIGRATIONS = [
  `CREATE TABLE negotiations (
     session_id TEXT PRIMARY KEY, peer_id TEXT, edge_id TEXT, connection_id TEXT,
     lost_peer_ids TEXT NOT NULL DEFAULT '[]', touched_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX negotiations_peer ON negotiations (peer_id, connection_id) WHERE peer_id IS NOT NULL;
   CREATE INDEX negotiations_touched ON negotiations (touched_at);
   CREATE TABLE signals (
     position INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, id TEXT NOT NULL,
     peer_id TEXT NOT NULL, signal TEXT NOT NULL,
     UNIQUE (session_id, id),
     FOREIGN KEY (session_id) REFERENCES negotiations (session_id) ON DELETE CASCADE
   ) STRICT;`,
  `ALTER TABLE negotiations ADD COLUMN offered_to TEXT NOT NULL DEFAULT '[]';`,
] as const;

interface Row {
  peer_id: string | null;
  edge_id: string;
  connection_id: string;
  lost_peer_ids: string;
  offered_to: string;
}

/** Negotiations in the SQLite file of one machine. */
export function createEmbeddedNegotiations(
  database: SqliteDatabase,
  clock: () => number = Date.now,
): NegotiationStore {
  const sql = {
    get: database.prepare('SELECT * FROM negotiations WHERE session_id = ?'),
    begin: database.prepare(
      `INSERT INTO negotiations (session_id, peer_id, edge_id, connection_id, offered_to, touched_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (session_id) DO UPDATE SET peer_id = excluded.peer_id, edge_id = excluded.edge_id,
         connection_id = excluded.connection_id, offered_to = excluded.offered_to, touched_at = excluded.touched_at`,
    ),
    removeOld: database.prepare('DELETE FROM negotiations WHERE touched_at < ?'),
    clear: database.prepare('DELETE FROM signals WHERE session_id = ?'),
    count: database.prepare('SELECT count(*) AS count FROM signals WHERE session_id = ?'),
    known: database.prepare('SELECT 1 FROM signals WHERE session_id = ? AND id = ?'),
    append: database.prepare('INSERT INTO signals (session_id, id, peer_id, signal) VALUES (?, ?, ?, ?)'),
    lose: database.prepare('UPDATE negotiations SET peer_id = NULL, lost_peer_ids = ? WHERE session_id = ?'),
    signals: database.prepare(
      'SELECT id, peer_id, signal FROM signals WHERE session_id = ? ORDER BY position',
    ),
    servedBy: database.prepare(
      'SELECT session_id FROM negotiations WHERE peer_id = ? AND connection_id = ? ORDER BY touched_at DESC LIMIT ?',
    ),
  };
  const find = (sessionId: string) => sql.get.get(sessionId) as Row | undefined;
  const offeredTo = (sessionId: string) => JSON.parse(find(sessionId)?.offered_to ?? '[]') as ServingPeer[];
  return {
    offeredTo: async (sessionId) => offeredTo(sessionId),
    async get(sessionId) {
      const row = find(sessionId);
      if (!row) return null;
      return {
        peer:
          row.peer_id === null
            ? null
            : { peerId: row.peer_id, edgeId: row.edge_id, connectionId: row.connection_id },
        lostPeerIds: JSON.parse(row.lost_peer_ids),
      };
    },
    async begin(sessionId, peer) {
      database
        .transaction(() => {
          const now = clock();
          sql.removeOld.run(now - NEGOTIATION_TTL_MS);
          const others = offeredTo(sessionId).filter(({ peerId }) => peerId !== peer.peerId);
          const offered = JSON.stringify([...others, peer].slice(-MAX_OFFERED_PEERS));
          sql.begin.run(sessionId, peer.peerId, peer.edgeId, peer.connectionId, offered, now);
          sql.clear.run(sessionId);
        })
        .immediate();
    },
    append: async (sessionId, { id, peerId, signal }) =>
      database
        .transaction(() => {
          if (sql.known.get(sessionId, id)) return 'known';
          const row = find(sessionId);
          if (!row || row.peer_id !== peerId) return 'not_serving';
          const { count } = sql.count.get(sessionId) as { count: number };
          if (count < MAX_SIGNALS || signal.kind === 'lost')
            sql.append.run(sessionId, id, peerId, JSON.stringify(signal));
          if (signal.kind === 'lost') {
            const lost = (JSON.parse(row.lost_peer_ids) as string[]).filter((other) => other !== peerId);
            sql.lose.run(JSON.stringify([...lost, peerId].slice(-MAX_LOST_PEERS)), sessionId);
          }
          return 'appended';
        })
        .immediate(),
    signals: async (sessionId) =>
      (sql.signals.all(sessionId) as { id: string; peer_id: string; signal: string }[]).map(
        ({ id, peer_id, signal }) => ({
          id,
          peerId: peer_id,
          signal: JSON.parse(signal) as Signal,
        }),
      ),
    servedBy: async (peerId, connectionId) =>
      (sql.servedBy.all(peerId, connectionId, MAX_SESSIONS_PER_PEER) as { session_id: string }[]).map(
        (row) => row.session_id,
      ),
  };
}
