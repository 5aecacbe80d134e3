import type { SqliteDatabase } from '@giggityflix/state';
import type { Ledger } from '../availability/ledger.embedded.ts';
import type { Checks } from './checks.embedded.ts';
import { CatalogTooLarge, MAX_CATALOG_IDS_PER_PEER, STAGED_UPDATE_TTL_MS } from './registry.ts';

/** A peer whose catalog changes; files count only while it is connected. */
export interface Holder {
  peerId: string;
  connected: boolean;
  /** Whether the change is part of one that is too large to be published at once. */
  isPart?: boolean;
}

/** Deltas that came before the event of their connection, to be applied to the catalog that the connection brings. */
export const EARLY_ADD = 'early:add';
export const EARLY_REMOVE = 'early:remove';

/** The catalogs of peers. Called only inside a transaction. */
export interface Holdings {
  change(holder: Holder, added: readonly string[], removed: readonly string[]): void;
  /** @throws CatalogTooLarge when the peer would share too many files after adding and removing these. */
  expectRoom(peerId: string, added: readonly string[], removed: ReadonlySet<string>): void;
  /** Files of a peer. */
  size(peerId: string): number;
  /** Some of its files. */
  some(peerId: string, limit: number): string[];
  /** Makes the ids the whole catalog, touching only what differs. */
  replace(holder: Holder, catalogIds: ReadonlySet<string>): void;
  /** Counts, or stops counting, everything a peer has. */
  count(peerId: string, difference: 1 | -1): void;
  /** Deletes the catalog and what is staged. */
  drop(holder: Holder): void;
  stage(peerId: string, stage: string, catalogIds: Iterable<string>): void;
  unstage(peerId: string, stage: string, catalogIds?: Iterable<string>): void;
  staged(peerId: string, stage: string): string[];
  stagedSize(peerId: string, stage: string): number;
  /** Files of the peer that are not staged, and staged ones it does not have, in their order behind `after`. */
  surplus(peerId: string, stage: string, after: string, limit: number): string[];
  missing(peerId: string, stage: string, after: string, limit: number): string[];
}

/** Expired parts that a new one deletes, at most. */
const SWEEP_LIMIT = 1_000;

export function createHoldings(options: {
  database: SqliteDatabase;
  ledger: Ledger;
  checks: Pick<Checks, 'failedOf'>;
  now: () => number;
}): Holdings {
  const { database, ledger, checks, now } = options;
  const add = database.prepare('INSERT OR IGNORE INTO holdings VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM holdings WHERE peer_id = ? AND catalog_id = ?');
  const removeAll = database.prepare('DELETE FROM holdings WHERE peer_id = ?');
  const all = database.prepare<[string], string>('SELECT catalog_id FROM holdings WHERE peer_id = ?').pluck();
  const resize = database
    .prepare<[number, string], number>(
      'UPDATE peers SET catalog_size = catalog_size + ? WHERE peer_id = ? RETURNING catalog_size',
    )
    .pluck();
  const stageOne = database.prepare('INSERT OR REPLACE INTO staged VALUES (?, ?, ?, ?)');
  const unstageOne = database.prepare(
    'DELETE FROM staged WHERE peer_id = ? AND stage = ? AND catalog_id = ?',
  );
  const unstageAll = database.prepare('DELETE FROM staged WHERE peer_id = ? AND stage = ?');
  const unstagePeer = database.prepare('DELETE FROM staged WHERE peer_id = ?');
  const stagedSize = database
    .prepare<[string, string], number>('SELECT count(*) FROM staged WHERE peer_id = ? AND stage = ?')
    .pluck();
  const stagedIds = database
    .prepare<[string, string], string>('SELECT catalog_id FROM staged WHERE peer_id = ? AND stage = ?')
    .pluck();
  const held = database
    .prepare<[string, string], number>('SELECT 1 FROM holdings WHERE peer_id = ? AND catalog_id = ?')
    .pluck();
  const some = database
    .prepare<[string, number], string>('SELECT catalog_id FROM holdings WHERE peer_id = ? LIMIT ?')
    .pluck();
  const surplus = database
    .prepare<[string, string, string, number], string>(
      `SELECT catalog_id FROM holdings h WHERE peer_id = ? AND catalog_id > ? AND NOT EXISTS
         (SELECT 1 FROM staged s WHERE s.peer_id = h.peer_id AND s.stage = ? AND s.catalog_id = h.catalog_id)
       ORDER BY catalog_id LIMIT ?`,
    )
    .pluck();
  const missing = database
    .prepare<[string, string, string, number], string>(
      `SELECT catalog_id FROM staged s WHERE peer_id = ? AND stage = ? AND catalog_id > ? AND NOT EXISTS
         (SELECT 1 FROM holdings h WHERE h.peer_id = s.peer_id AND h.catalog_id = s.catalog_id)
       ORDER BY catalog_id LIMIT ?`,
    )
    .pluck();
  const sweepStaged = database.prepare(
    `DELETE FROM staged WHERE (peer_id, stage, catalog_id) IN
       (SELECT peer_id, stage, catalog_id FROM staged WHERE expires_at <= ? LIMIT ?)`,
  );
  const holdings: Holdings = {
    change({ peerId, connected, isPart = false }, added, removed) {
      let size = 0;
      const counted = connected ? added.length + removed.length : 0;
      const changes = ledger.open(peerId, isPart ? Number.POSITIVE_INFINITY : counted);
      for (const catalogId of removed) {
        if (remove.run(peerId, catalogId).changes === 0) continue;
        size -= 1;
        if (connected) changes.change(catalogId, -1);
      }
      const failed = checks.failedOf(peerId);
      for (const catalogId of added) {
        if (failed.has(catalogId)) continue;
        if (add.run(peerId, catalogId).changes === 0) continue;
        size += 1;
        if (connected) changes.change(catalogId, 1);
      }
      // Thrown inside the transaction, so that nothing of the update stays.
      if (size !== 0 && (resize.get(size, peerId) ?? 0) > MAX_CATALOG_IDS_PER_PEER)
        throw new CatalogTooLarge(peerId);
    },
    replace(holder, catalogIds) {
      const known = new Set(all.all(holder.peerId));
      const added = [...catalogIds].filter((id) => !known.has(id));
      const removed = [...known].filter((id) => !catalogIds.has(id));
      holdings.change(holder, added, removed);
    },
    expectRoom(peerId, added, removed) {
      const before = holdings.size(peerId);
      if (before + added.length <= MAX_CATALOG_IDS_PER_PEER) return;
      let after = before;
      for (const catalogId of added) if (held.get(peerId, catalogId) === undefined) after += 1;
      for (const catalogId of removed) if (held.get(peerId, catalogId) !== undefined) after -= 1;
      if (after > MAX_CATALOG_IDS_PER_PEER) throw new CatalogTooLarge(peerId);
    },
    size: (peerId) => resize.get(0, peerId) ?? 0,
    some: (peerId, limit) => some.all(peerId, limit),
    count(peerId, difference) {
      const catalogIds = all.all(peerId);
      const changes = ledger.open(peerId, catalogIds.length);
      for (const catalogId of catalogIds) changes.change(catalogId, difference);
    },
    drop({ peerId, connected }) {
      if (connected) holdings.count(peerId, -1);
      removeAll.run(peerId);
      resize.get(-holdings.size(peerId), peerId);
      unstagePeer.run(peerId);
    },
    stage(peerId, stage, catalogIds) {
      sweepStaged.run(now(), SWEEP_LIMIT);
      for (const catalogId of catalogIds)
        stageOne.run(peerId, stage, catalogId, now() + STAGED_UPDATE_TTL_MS);
      if ((stagedSize.get(peerId, stage) ?? 0) > MAX_CATALOG_IDS_PER_PEER) {
        throw new CatalogTooLarge(peerId);
      }
    },
    unstage(peerId, stage, catalogIds) {
      if (!catalogIds) unstageAll.run(peerId, stage);
      else for (const catalogId of catalogIds) unstageOne.run(peerId, stage, catalogId);
    },
    staged: (peerId, stage) => stagedIds.all(peerId, stage),
    stagedSize: (peerId, stage) => stagedSize.get(peerId, stage) ?? 0,
    surplus: (peerId, stage, after, limit) => surplus.all(peerId, after, stage, limit),
    missing: (peerId, stage, after, limit) => missing.all(peerId, stage, after, limit),
  };
  return holdings;
}
