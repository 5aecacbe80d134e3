import type { Signal } from '@giggityflix/bus';
import type { SqliteDatabase } from '@giggityflix/state';
import type { ServingPeer } from '../availability/availability.ts';
import { LEFT_MEMORY_MS, type StoredLeftPeer, stillLeft } from './left.ts';
import {
  MAX_LEFT_PEERS,
  MAX_LOST_PEERS,
  MAX_SESSIONS_PER_PEER,
  MAX_SIGNALS,
  NEGOTIATION_TTL_MS,
  type NegotiationStore,
} from './negotiations.ts';
import { formerOf, NO_SOURCE, type OfferedPeer, toServing, withOffer } from './offered.ts';

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

/** Of a later release, so they follow those of everything else in the file. */
export const NEGOTIATION_SOURCE_MIGRATIONS = [
  `CREATE TABLE negotiation_sources (
     session_id TEXT NOT NULL, source INTEGER NOT NULL,
     peer_id TEXT NOT NULL, edge_id TEXT NOT NULL, connection_id TEXT NOT NULL,
     PRIMARY KEY (session_id, source), UNIQUE (session_id, peer_id),
     FOREIGN KEY (session_id) REFERENCES negotiations (session_id) ON DELETE CASCADE
   ) STRICT;
   INSERT INTO negotiation_sources
     SELECT session_id, 0, peer_id, edge_id, connection_id FROM negotiations WHERE peer_id IS NOT NULL;
   CREATE INDEX negotiation_sources_peer ON negotiation_sources (peer_id, connection_id);
   DROP INDEX negotiations_peer;
   ALTER TABLE negotiations DROP COLUMN peer_id;
   ALTER TABLE negotiations DROP COLUMN edge_id;
   ALTER TABLE negotiations DROP COLUMN connection_id;
   ALTER TABLE negotiations ADD COLUMN left_peers TEXT NOT NULL DEFAULT '[]';
   ALTER TABLE signals ADD COLUMN source INTEGER NOT NULL DEFAULT 0;`,
] as const;

interface NegotiationRow {
  lost_peer_ids: string;
  left_peers: string;
  offered_to: string;
}

interface SourceRow {
  source: number;
  peer_id: string;
  edge_id: string;
  connection_id: string;
}

interface SignalRow {
  id: string;
  source: number;
  peer_id: string;
  signal: string;
}

/** Negotiations in the SQLite file of one machine. */
export function createEmbeddedNegotiations(
  database: SqliteDatabase,
  clock: () => number = Date.now,
  leftMemoryMs: number = LEFT_MEMORY_MS,
): NegotiationStore {
  const sql = {
    get: database.prepare<[string], NegotiationRow>('SELECT * FROM negotiations WHERE session_id = ?'),
    serving: database.prepare<[string], SourceRow>(
      'SELECT * FROM negotiation_sources WHERE session_id = ? ORDER BY source',
    ),
    touch: database.prepare(
      `INSERT INTO negotiations (session_id, offered_to, touched_at) VALUES (?, ?, ?)
       ON CONFLICT (session_id) DO UPDATE SET offered_to = excluded.offered_to, touched_at = excluded.touched_at`,
    ),
    serve: database.prepare(
      'INSERT OR REPLACE INTO negotiation_sources (session_id, source, peer_id, edge_id, connection_id) VALUES (?, ?, ?, ?, ?)',
    ),
    end: database.prepare('DELETE FROM negotiation_sources WHERE session_id = ? AND source = ?'),
    removeOld: database.prepare('DELETE FROM negotiations WHERE touched_at < ?'),
    clear: database.prepare('DELETE FROM signals WHERE session_id = ? AND source = ?'),
    count: database.prepare<[string, number], { count: number }>(
      'SELECT count(*) AS count FROM signals WHERE session_id = ? AND source = ?',
    ),
    known: database.prepare<[string, string], { source: number }>(
      'SELECT source FROM signals WHERE session_id = ? AND id = ?',
    ),
    append: database.prepare(
      'INSERT INTO signals (session_id, id, source, peer_id, signal) VALUES (?, ?, ?, ?, ?)',
    ),
    lost: database.prepare<[string, number], { peer_id: string }>(
      `SELECT peer_id FROM signals
       WHERE session_id = ? AND source = ? AND signal ->> 'kind' = 'lost' ORDER BY position DESC LIMIT 1`,
    ),
    setLost: database.prepare('UPDATE negotiations SET lost_peer_ids = ? WHERE session_id = ?'),
    setLeft: database.prepare('UPDATE negotiations SET left_peers = ?, offered_to = ? WHERE session_id = ?'),
    signals: database.prepare<[string], SignalRow>(
      'SELECT id, source, peer_id, signal FROM signals WHERE session_id = ? ORDER BY source, position',
    ),
    servedBy: database.prepare<[string, string, number], { session_id: string }>(
      `SELECT session_id FROM negotiation_sources JOIN negotiations USING (session_id)
       WHERE peer_id = ? AND connection_id = ? ORDER BY touched_at DESC LIMIT ?`,
    ),
  };
  const offeredTo = (sessionId: string) =>
    JSON.parse(sql.get.get(sessionId)?.offered_to ?? '[]') as OfferedPeer[];
  return {
    offeredTo: async (sessionId) => offeredTo(sessionId).map(toServing),
    async get(sessionId) {
      const row = sql.get.get(sessionId);
      if (!row) return null;
      return {
        serving: sql.serving.all(sessionId).map((found) => ({ source: found.source, peer: toPeer(found) })),
        lostPeerIds: JSON.parse(row.lost_peer_ids) as string[],
        left: stillLeft(JSON.parse(row.left_peers) as StoredLeftPeer[], clock(), leftMemoryMs),
      };
    },
    begin: async (sessionId, source, peer) =>
      database
        .transaction(() => {
          const now = clock();
          sql.removeOld.run(now - NEGOTIATION_TTL_MS);
          const others = sql.serving.all(sessionId).filter((found) => found.source !== source);
          if (others.some(({ peer_id }) => peer_id === peer.peerId)) return { begun: false as const };
          const offered = offeredTo(sessionId);
          const former = formerOf(offered, source);
          const serving = new Set(others.map(({ peer_id }) => peer_id));
          sql.touch.run(sessionId, JSON.stringify(withOffer(offered, { ...peer, source }, serving)), now);
          sql.serve.run(sessionId, source, peer.peerId, peer.edgeId, peer.connectionId);
          sql.clear.run(sessionId, source);
          return { begun: true as const, former: former?.peerId === peer.peerId ? null : former };
        })
        .immediate(),
    append: async (sessionId, { id, peerId, signal }) =>
      database
        .transaction(() => {
          const known = sql.known.get(sessionId, id);
          if (known) return { outcome: 'known' as const, source: known.source };
          const served = sql.serving.all(sessionId).find(({ peer_id }) => peer_id === peerId);
          if (!served) return { outcome: 'not_serving' as const };
          const { source } = served;
          if (signal.kind === 'lost' || sql.count.get(sessionId, source)!.count < MAX_SIGNALS)
            sql.append.run(sessionId, id, source, peerId, JSON.stringify(signal));
          if (signal.kind === 'lost') {
            const before = JSON.parse(sql.get.get(sessionId)!.lost_peer_ids) as string[];
            const lost = [...before.filter((other) => other !== peerId), peerId].slice(-MAX_LOST_PEERS);
            sql.setLost.run(JSON.stringify(lost), sessionId);
            sql.end.run(sessionId, source);
          }
          return { outcome: 'appended' as const, source };
        })
        .immediate(),
    leave: async (sessionId, source, problem) =>
      database
        .transaction(() => {
          const serving = sql.serving.all(sessionId).find((found) => found.source === source);
          const before = offeredTo(sessionId);
          const lost =
            serving || problem !== 'not_proven' ? null : (sql.lost.get(sessionId, source)?.peer_id ?? null);
          const lostPeer = before.find((one) => one.peerId === lost);
          const served = serving ? toPeer(serving) : lostPeer ? toServing(lostPeer) : null;
          if (!served) return null;
          const { peerId } = served;
          const row = sql.get.get(sessionId)!;
          let left = JSON.parse(row.left_peers) as StoredLeftPeer[];
          if (problem !== null)
            left = [...left.filter((one) => one.peerId !== peerId), { peerId, problem, at: clock() }];
          const offered = before.map((one) =>
            one.peerId === peerId && (one.source ?? 0) === source ? { ...one, source: NO_SOURCE } : one,
          );
          sql.setLeft.run(JSON.stringify(left.slice(-MAX_LEFT_PEERS)), JSON.stringify(offered), sessionId);
          sql.end.run(sessionId, source);
          sql.clear.run(sessionId, source);
          return served;
        })
        .immediate(),
    signals: async (sessionId) =>
      sql.signals.all(sessionId).map(({ id, source, peer_id, signal }) => ({
        id,
        source,
        peerId: peer_id,
        signal: JSON.parse(signal) as Signal,
      })),
    servedBy: async (peerId, connectionId) =>
      sql.servedBy.all(peerId, connectionId, MAX_SESSIONS_PER_PEER).map((row) => row.session_id),
  };
}

function toPeer({ peer_id, edge_id, connection_id }: SourceRow): ServingPeer {
  return { peerId: peer_id, edgeId: edge_id, connectionId: connection_id };
}
