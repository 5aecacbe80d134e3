import type { SqliteDatabase } from '@giggityflix/state';
import type { PeerRow } from './queries.embedded.ts';
import type { ConnectionEvent } from './registry.ts';

/** What writes the table of peers, and the one row that defers their expiry. */
export function preparePeers(database: SqliteDatabase) {
  const save = database.prepare(
    `INSERT INTO peers VALUES (@peer_id, @connection_id, @edge_id, @state, @connected_at, @heartbeat_at, @due_at,
       @active_streams, @pending_streams, @catalog_size, @established, @announced_in_full, @position,
       @network, @first_seen_at, @proven_at, @failed_at, @unanswered_at, @inferred)
     ON CONFLICT (peer_id) DO UPDATE SET connection_id = excluded.connection_id, edge_id = excluded.edge_id,
       state = excluded.state, connected_at = excluded.connected_at, heartbeat_at = excluded.heartbeat_at,
       due_at = excluded.due_at, active_streams = excluded.active_streams, pending_streams = excluded.pending_streams,
       established = excluded.established, announced_in_full = excluded.announced_in_full, position = excluded.position,
       network = excluded.network, proven_at = excluded.proven_at, failed_at = excluded.failed_at,
       unanswered_at = excluded.unanswered_at, inferred = excluded.inferred`,
  );
  const remove = database.prepare('DELETE FROM peers WHERE peer_id = ?');
  const due = database
    .prepare<[number, number], string>('SELECT peer_id FROM peers WHERE due_at <= ? ORDER BY due_at LIMIT ?')
    .pluck();
  const deferredUntil = database.prepare<[], number>('SELECT deferred_until FROM expiry').pluck();
  const defer = database.prepare('UPDATE expiry SET deferred_until = max(deferred_until, ?)');
  const addPending = database.prepare(
    'UPDATE peers SET pending_streams = pending_streams + 1 WHERE peer_id = ?',
  );
  return { save, remove, due, deferredUntil, defer, addPending };
}

/** A connection of which nothing was heard before; what is known of its peer stays. */
export function newRow(
  { peerId, connectionId, edgeId }: ConnectionEvent,
  known: PeerRow | undefined,
  { now, dueAt }: { now: number; dueAt: number },
): PeerRow {
  return {
    peer_id: peerId,
    connection_id: connectionId,
    edge_id: edgeId,
    state: 'CONNECTED',
    connected_at: now,
    heartbeat_at: now,
    due_at: dueAt,
    active_streams: 0,
    pending_streams: 0,
    catalog_size: known?.catalog_size ?? 0,
    established: 0,
    announced_in_full: 0,
    position: null,
    network: null,
    first_seen_at: known?.first_seen_at ?? now,
    proven_at: known?.proven_at ?? 0,
    failed_at: known?.failed_at ?? 0,
    unanswered_at: known?.unanswered_at ?? 0,
    inferred: 0,
  };
}

/** Whether the peer's newest connection was reported closed; one that was only not heard of may be heard of again. */
export function isClosed({ state, inferred }: PeerRow): boolean {
  return state === 'DISCONNECTED' && !inferred;
}
