import type { SqliteDatabase } from '@giggityflix/state';
import { type Peer, type PeerState, type PlaybackCandidate, trustOf } from './registry.ts';

/** A row of `peers`. */
export interface PeerRow {
  peer_id: string;
  connection_id: string;
  edge_id: string;
  state: PeerState;
  connected_at: number;
  heartbeat_at: number;
  due_at: number;
  active_streams: number;
  pending_streams: number;
  catalog_size: number;
  established: number;
  announced_in_full: number;
  position: string | null;
  network: string | null;
  first_seen_at: number;
  /** 0 for never, as the two below. */
  proven_at: number;
  failed_at: number;
  unanswered_at: number;
  /** 1 where nothing was heard of the connection, and its end was not reported either. */
  inferred: number;
}

/** Greater than every connection id, where a listing begins. */
const NEWEST = '~';

export function createEmbeddedQueries(database: SqliteDatabase, now: () => number) {
  const row = database.prepare<[string], PeerRow>('SELECT * FROM peers WHERE peer_id = ?');
  const counts = database.prepare<[string], { id: string; count: number }>(
    'SELECT value AS id, peer_count AS count FROM json_each(?) JOIN counts ON catalog_id = value',
  );
  const recent = database.prepare<[string, string, number], PeerRow>(
    `SELECT * FROM peers WHERE (connection_id, peer_id) < (?, ?)
     ORDER BY connection_id DESC, peer_id DESC LIMIT ?`,
  );
  const recentOf = database.prepare<[string, string, string, number], PeerRow>(
    `SELECT * FROM peers WHERE (connection_id, peer_id) < (?, ?) AND state = ?
     ORDER BY connection_id DESC, peer_id DESC LIMIT ?`,
  );
  const byState = database.prepare<[], { state: PeerState; count: number }>(
    'SELECT state, count(*) AS count FROM peers GROUP BY state',
  );
  const sample = database.prepare<
    [number, string, number],
    PeerRow & { outcome: 'proven' | 'unanswered' | null }
  >(
    `SELECT p.*, c.outcome FROM holdings h JOIN peers p USING (peer_id)
     LEFT JOIN holding_checks c
       ON c.peer_id = h.peer_id AND c.catalog_id = h.catalog_id AND c.expires_at > ?
     WHERE h.catalog_id = ? AND p.state = 'CONNECTED'
     ORDER BY c.outcome IS 'proven' DESC, p.proven_at > max(p.failed_at, p.unanswered_at) DESC, random() LIMIT ?`,
  );
  return {
    row: (peerId: string): PeerRow | undefined => row.get(peerId),
    counts(catalogIds: readonly string[]): number[] {
      const found = new Map(counts.all(JSON.stringify(catalogIds)).map(({ id, count }) => [id, count]));
      return catalogIds.map((id) => found.get(id) ?? 0);
    },
    peer(peerId: string): Peer | null {
      const found = row.get(peerId);
      return found ? toPeer(found) : null;
    },
    countStates(): Record<PeerState, number> {
      const counted = { CONNECTED: 0, STALE: 0, DISCONNECTED: 0 };
      for (const { state, count } of byState.all()) counted[state] = count;
      return counted;
    },
    peers({ first, after, state }: { first: number; after?: string; state?: PeerState }): Peer[] {
      const at = after?.indexOf(':') ?? -1;
      const connectionId = after === undefined ? NEWEST : after.slice(0, at);
      const peerId = after === undefined ? '' : after.slice(at + 1);
      const rows = state
        ? recentOf.all(connectionId, peerId, state, first)
        : recent.all(connectionId, peerId, first);
      return rows.map(toPeer);
    },
    candidates(catalogId: string, limit: number): PlaybackCandidate[] {
      return sample.all(now(), catalogId, limit).map((found) => ({
        peerId: found.peer_id,
        edgeId: found.edge_id,
        connectionId: found.connection_id,
        load: found.active_streams + found.pending_streams,
        lastHeartbeatAt: found.heartbeat_at,
        network: found.network,
        firstSeenAt: found.first_seen_at,
        trust: trustOf(
          found.outcome,
          { provenAt: found.proven_at, failedAt: found.failed_at, unansweredAt: found.unanswered_at },
          now(),
        ),
      }));
    },
  };
}

function toPeer(found: PeerRow): Peer {
  return {
    id: found.peer_id,
    state: found.state,
    edgeId: found.edge_id,
    connectionId: found.connection_id,
    connectedAt: found.connected_at,
    lastHeartbeatAt: found.heartbeat_at,
    catalogSize: found.catalog_size,
    activeStreams: found.active_streams,
  };
}
