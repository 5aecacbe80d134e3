import type { SqliteDatabase } from '@giggityflix/state';
import { type CatalogStep, createCatalogs } from './catalogs.embedded.ts';
import type { Checks } from './checks.embedded.ts';
import { EARLY_ADD, EARLY_REMOVE, type Holder, type Holdings } from './holdings.embedded.ts';
import { isClosed, newRow, preparePeers } from './peers.embedded.ts';
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
import { createTurns, STEP_SIZE } from './turns.ts';

/**
 * The registry in SQLite, where each event is one transaction: it is applied as a whole or not at all, and needs no repair.
 * One that changes many files takes several, between which others are served; it counts as applied with the last, and
 * its redelivery continues what a crash left.
 */
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
  const { save, remove, due, deferredUntil, defer, addPending } = preparePeers(database);
  const turns = createTurns();
  const catalogs = createCatalogs(holdings);
  const transactionNow = <A extends unknown[], R>(work: (...args: A) => R) => {
    const run = database.transaction(work);
    return (...args: A): R => {
      const result = run.immediate(...args);
      options.appended();
      return result;
    };
  };
  const transaction = <A extends unknown[], R>(work: (...args: A) => R) => {
    const run = transactionNow(work);
    return async (...args: A): Promise<R> => run(...args);
  };

  /** The record of a connection that has just become the peer's newest; a live peer keeps its catalog. */
  const adopt = (event: ConnectionEvent, known: PeerRow | undefined): PeerRow => {
    if (known?.inferred) holdings.drop({ peerId: event.peerId, connected: false });
    holdings.unstage(event.peerId, EARLY_ADD);
    holdings.unstage(event.peerId, EARLY_REMOVE);
    return newRow(event, known && { ...known, catalog_size: holdings.size(event.peerId) }, {
      now: now(),
      dueAt: now() + connectionTimeoutMs,
    });
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
    if (isKnown && isClosed(known)) return;
    const alive = { heartbeat_at: now(), due_at: now() + connectionTimeoutMs };
    const row: PeerRow = isKnown
      ? { ...known, ...alive, state: 'CONNECTED', inferred: 0 }
      : adopt(event, known);
    const wasCounted = known?.state === 'CONNECTED';
    save.run(change(row));
    work({ peerId: event.peerId, connected: wasCounted }, row);
    if (!wasCounted) holdings.count(event.peerId, 1);
  };

  const positionOf = (row: PeerRow) => (row.position === null ? null : JSON.parse(row.position));

  /** Takes one step of an update; false when the update, or its connection, is over. */
  const applyStep = transactionNow((update: CatalogUpdate, step: CatalogStep): boolean => {
    const { isLast } = step;
    const completes = isLast && update.isFull && update.final ? 1 : 0;
    const redelivered = (row: PeerRow) => isRedelivery(update.position, positionOf(row));
    let applied = false;
    applyEvent(
      update,
      (row) =>
        redelivered(row) || !isLast
          ? row
          : {
              ...row,
              position: JSON.stringify(update.position),
              announced_in_full: completes || row.announced_in_full,
            },
      (peer, row) => {
        applied = !redelivered(row);
        if (applied) step.apply(peer, row);
      },
    );
    return applied;
  });

  /** Takes some files from a peer whose catalog is to be dropped; false when few are left. */
  const dropSome = transactionNow((peerId: string, isOver: (row: PeerRow) => boolean): boolean => {
    const row = queries.row(peerId);
    if (!row || row.catalog_size <= STEP_SIZE || isOver(row)) return false;
    const holder = { peerId, connected: row.state === 'CONNECTED', isPart: true };
    holdings.change(holder, [], holdings.some(peerId, STEP_SIZE));
    return true;
  });
  const dropMost = async (peerId: string, isOver: (row: PeerRow) => boolean) => {
    while ((queries.row(peerId)?.catalog_size ?? 0) > STEP_SIZE)
      if (!(await turns.take(() => dropSome(peerId, isOver)))) return;
  };

  const close = transactionNow((event: ConnectionClosed) => {
    const known = queries.row(event.peerId);
    if (known && event.connectionId < known.connection_id) return;
    const isKnown = known?.connection_id === event.connectionId;
    if (isKnown && (isClosed(known) || event.replaced)) return;
    if (event.replaced) {
      applyEvent(event, (row) => row);
      return;
    }
    const row = isKnown ? known : adopt(event, known);
    const dueAt = now() + CLOSED_CONNECTION_MEMORY_MS;
    save.run({ ...row, state: 'DISCONNECTED', active_streams: 0, due_at: dueAt, inferred: 0 });
    holdings.drop({ peerId: event.peerId, connected: known?.state === 'CONNECTED' });
  });

  const expire = transactionNow((peerId: string) => {
    const row = queries.row(peerId);
    if (!row || row.due_at > now()) return false;
    if (row.state === 'CONNECTED') {
      holdings.count(peerId, -1);
      save.run({ ...row, state: 'STALE', active_streams: 0, due_at: now() + connectionTimeoutMs });
    } else if (row.state === 'STALE') {
      save.run({
        ...row,
        state: 'DISCONNECTED',
        due_at: now() + CLOSED_CONNECTION_MEMORY_MS,
        inferred: 1,
      });
    } else {
      holdings.drop({ peerId, connected: false });
      remove.run(peerId);
    }
    return true;
  });

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
          if (event.catalogIds.length > 0 && !row.announced_in_full) catalogs.begin(peer, event);
          holdings.unstage(event.peerId, EARLY_ADD);
          holdings.unstage(event.peerId, EARLY_REMOVE);
        },
      );
    }),

    async connectionClosed(event: ConnectionClosed) {
      const { peerId, connectionId } = event;
      const isOver = (row: PeerRow) =>
        connectionId < row.connection_id || (row.connection_id === connectionId && isClosed(row));
      if (!event.replaced) await dropMost(peerId, isOver);
      await turns.takeNow(() => close(event));
    },

    async catalogUpdated(update: CatalogUpdate) {
      let isFirst = true;
      for (const step of catalogs.steps(update)) {
        const take = isFirst && step.isLast ? turns.takeNow : turns.take;
        const applied = await take(() => applyStep(update, step));
        if (!applied) return;
        isFirst = false;
      }
    },

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
      const unannounced: ConnectionHeartbeat[] = [];
      for (const connection of connections) {
        const { peerId, connectionId, activeStreams } = connection;
        applyEvent({ peerId, edgeId, connectionId }, (row) => {
          const isAnnounced = row.established === 1 || row.announced_in_full === 1;
          if (!isAnnounced && now() - row.connected_at >= connectionTimeoutMs) unannounced.push(connection);
          return { ...row, active_streams: activeStreams, pending_streams: 0 };
        });
      }
      return unannounced;
    }),

    deferExpiry: transaction((forMs: number) => {
      defer.run(now() + forMs);
    }),

    async expireDue(limit: number) {
      if ((deferredUntil.get() ?? 0) > now()) return 0;
      let acted = 0;
      for (const peerId of due.all(now(), limit)) {
        const isOver = (row: PeerRow) => row.state !== 'DISCONNECTED' || row.due_at > now();
        await dropMost(peerId, isOver);
        if (await turns.take(() => expire(peerId))) acted += 1;
      }
      return acted;
    },

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
