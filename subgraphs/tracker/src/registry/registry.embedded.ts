import type { SqliteDatabase } from '@giggityflix/state';
import type { Checks } from './checks.embedded.ts';
import { EARLY_ADD, EARLY_REMOVE, type Holder, type Holdings } from './holdings.embedded.ts';
import { createEmbeddedQueries, type PeerRow } from './queries.embedded.ts';
import {
  type CatalogUpdate,
  CLOSED_CONNECTION_MEMORY_MS,
  type ConnectionClosed,
  type ConnectionEstablished,
  type ConnectionEvent,
  type ConnectionHeartbeat,
  type HoldingCheck,
  isRedelivery,
  type PeerRegistry,
} from './registry.ts';

/** The registry in SQLite, where each event is one transaction: it is applied as a whole or not at all, and needs no repair. */
export function createEmbeddedRegistry(options: {
  database: SqliteDatabase;
  holdings: Holdings;
  checks: Checks;
  now: () => number;
  connectionTimeoutMs: number;
  appended: () => void;
}): PeerRegistry {
  const { database, holdings, checks, now, connectionTimeoutMs } = options;
  const queries = createEmbeddedQueries(database, now);
  const save = database.prepare(
    `INSERT INTO peers VALUES (@peer_id, @connection_id, @edge_id, @state, @connected_at, @heartbeat_at, @due_at,
       @active_streams, @pending_streams, @catalog_size, @established, @announced_in_full, @position,
       @network, @first_seen_at, @proven_at, @failed_at, @unanswered_at)
     ON CONFLICT (peer_id) DO UPDATE SET connection_id = excluded.connection_id, edge_id = excluded.edge_id,
       state = excluded.state, connected_at = excluded.connected_at, heartbeat_at = excluded.heartbeat_at,
       due_at = excluded.due_at, active_streams = excluded.active_streams, pending_streams = excluded.pending_streams,
       established = excluded.established, announced_in_full = excluded.announced_in_full, position = excluded.position,
       network = excluded.network, proven_at = excluded.proven_at, failed_at = excluded.failed_at,
       unanswered_at = excluded.unanswered_at`,
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
  const transaction = <A extends unknown[], R>(work: (...args: A) => R) => {
    const run = database.transaction(work);
    return async (...args: A): Promise<R> => {
      const result = run.immediate(...args);
      options.appended();
      return result;
    };
  };

  /** The record of a connection that has just become the peer's newest; a live peer keeps its catalog. */
  const adopt = (event: ConnectionEvent, known: PeerRow | undefined): PeerRow => {
    holdings.unstage(event.peerId, EARLY_ADD);
    holdings.unstage(event.peerId, EARLY_REMOVE);
    return {
      peer_id: event.peerId,
      connection_id: event.connectionId,
      edge_id: event.edgeId,
      state: 'CONNECTED',
      connected_at: now(),
      heartbeat_at: now(),
      due_at: now() + connectionTimeoutMs,
      active_streams: 0,
      pending_streams: 0,
      catalog_size: known?.catalog_size ?? 0,
      established: 0,
      announced_in_full: 0,
      position: null,
      network: null,
      first_seen_at: known?.first_seen_at ?? now(),
      proven_at: known?.proven_at ?? 0,
      failed_at: known?.failed_at ?? 0,
      unanswered_at: known?.unanswered_at ?? 0,
    };
  };

  /**
   * Applies an event of a connection: saves its record as `change` makes it, does `work` on the catalog, and then counts
   * all files of a peer that was not counted before. Does nothing for an older or a closed connection.
   */
  const applyEvent = (
    event: ConnectionEvent,
    change: (row: PeerRow) => PeerRow,
    work: (peer: Holder, row: PeerRow) => void = () => {},
  ) => {
    const known = queries.row(event.peerId);
    if (known && event.connectionId < known.connection_id) return;
    const isKnown = known?.connection_id === event.connectionId;
    if (isKnown && known.state === 'DISCONNECTED') return;
    const row: PeerRow = isKnown
      ? { ...known, state: 'CONNECTED', heartbeat_at: now(), due_at: now() + connectionTimeoutMs }
      : adopt(event, known);
    const wasCounted = known?.state === 'CONNECTED';
    save.run(change(row));
    work({ peerId: event.peerId, connected: wasCounted }, row);
    if (!wasCounted) holdings.count(event.peerId, 1);
  };

  const beginWith = (peer: Holder, event: ConnectionEstablished) => {
    // Deltas of this connection that overtook it on another topic are newer than the catalog it began with.
    const added = holdings.staged(event.peerId, EARLY_ADD);
    const removed = new Set(holdings.staged(event.peerId, EARLY_REMOVE));
    const catalogIds = [...event.catalogIds, ...added].filter((id) => !removed.has(id));
    holdings.replace(peer, new Set(catalogIds));
  };

  const changeBy = (peer: Holder, row: PeerRow, update: CatalogUpdate) => {
    if (update.isFull) {
      const stage = `full:${update.updateId}`;
      if (update.final) {
        const parts = holdings.staged(update.peerId, stage);
        holdings.replace(peer, new Set([...parts, ...update.catalogIds]));
        holdings.unstage(update.peerId, stage);
      } else holdings.stage(update.peerId, stage, update.catalogIds);
      return;
    }
    const added = new Set(update.catalogIds);
    const removed = new Set(update.removedCatalogIds.filter((id) => !added.has(id)));
    holdings.change(peer, added, removed);
    if (row.established || row.announced_in_full) return;
    holdings.unstage(update.peerId, EARLY_REMOVE, added);
    holdings.stage(update.peerId, EARLY_ADD, added);
    holdings.unstage(update.peerId, EARLY_ADD, removed);
    holdings.stage(update.peerId, EARLY_REMOVE, removed);
  };

  return {
    connectionEstablished: transaction((event: ConnectionEstablished) => {
      const known = queries.row(event.peerId);
      if (known?.connection_id === event.connectionId && known.established) return;
      applyEvent(
        event,
        (row) => ({
          ...row,
          established: 1,
          edge_id: event.edgeId,
          connected_at: event.connectedAt,
          network: event.network ?? null,
        }),
        (peer, row) => {
          if (event.catalogIds.length > 0 && !row.announced_in_full) beginWith(peer, event);
          holdings.unstage(event.peerId, EARLY_ADD);
          holdings.unstage(event.peerId, EARLY_REMOVE);
        },
      );
    }),

    connectionClosed: transaction((event: ConnectionClosed) => {
      const known = queries.row(event.peerId);
      if (known && event.connectionId < known.connection_id) return;
      const isKnown = known?.connection_id === event.connectionId;
      if (isKnown && (known.state === 'DISCONNECTED' || event.replaced)) return;
      if (event.replaced) {
        applyEvent(event, (row) => row);
        return;
      }
      const row = isKnown ? known : adopt(event, known);
      const dueAt = now() + CLOSED_CONNECTION_MEMORY_MS;
      save.run({ ...row, state: 'DISCONNECTED', active_streams: 0, due_at: dueAt });
      holdings.drop({ peerId: event.peerId, connected: known?.state === 'CONNECTED' });
    }),

    catalogUpdated: transaction((update: CatalogUpdate) => {
      const completes = update.isFull && update.final ? 1 : 0;
      const redelivered = (row: PeerRow) =>
        isRedelivery(update.position, row.position === null ? null : JSON.parse(row.position));
      applyEvent(
        update,
        (row) =>
          redelivered(row)
            ? row
            : {
                ...row,
                position: JSON.stringify(update.position),
                announced_in_full: completes || row.announced_in_full,
              },
        (peer, row) => {
          if (!redelivered(row)) changeBy(peer, row, update);
        },
      );
    }),

    holdingChecked: transaction((check: HoldingCheck) => {
      const { peerId, connectionId, catalogId, outcome } = check;
      checks.record(check);
      const row = queries.row(peerId);
      if (!row) return;
      save.run({ ...row, [`${outcome}_at`]: now() });
      if (outcome !== 'failed' || row.connection_id !== connectionId) return;
      holdings.change({ peerId, connected: row.state === 'CONNECTED' }, [], [catalogId]);
    }),

    heartbeat: transaction((edgeId: string, connections: readonly ConnectionHeartbeat[]) => {
      for (const { peerId, connectionId, activeStreams } of connections)
        applyEvent({ peerId, edgeId, connectionId }, (row) => ({
          ...row,
          active_streams: activeStreams,
          pending_streams: 0,
        }));
    }),

    deferExpiry: transaction((forMs: number) => {
      defer.run(now() + forMs);
    }),

    expireDue: transaction((limit: number) => {
      if ((deferredUntil.get() ?? 0) > now()) return 0;
      const peerIds = due.all(now(), limit);
      for (const peerId of peerIds) {
        const row = queries.row(peerId) as PeerRow;
        if (row.state === 'CONNECTED') {
          holdings.count(peerId, -1);
          save.run({ ...row, state: 'STALE', active_streams: 0, due_at: now() + connectionTimeoutMs });
        } else if (row.state === 'STALE') {
          save.run({ ...row, state: 'DISCONNECTED', due_at: now() + CLOSED_CONNECTION_MEMORY_MS });
          holdings.drop({ peerId, connected: false });
        } else remove.run(peerId);
      }
      return peerIds.length;
    }),

    repair: async () => {},
    countPeers: async (catalogIds) => queries.counts(catalogIds),
    countStates: async () => queries.countStates(),
    peer: async (peerId) => queries.peer(peerId),
    peers: async (page) => queries.peers(page),
    candidates: async (catalogId, limit) => queries.candidates(catalogId, limit),
    notePlayback: async (peerId) => {
      addPending.run(peerId);
    },
  };
}
