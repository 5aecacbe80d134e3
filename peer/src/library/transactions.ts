import { catalogIdToBuffer } from '@giggityflix/proto';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { SqliteDatabase } from '@giggityflix/state';
import type { Descriptions } from './descriptions.ts';
import type { FileRow } from './rows.ts';
import type { Statements } from './statements.ts';
import type { SharedChange } from './types.ts';
import type { WriteHealth } from './write-health.ts';

/** Changes of the index, and the listeners to their effects, called after each commit. */
export interface Transactions {
  /**
   * Runs `work` in a transaction. It is to name every catalog id it may begin or cease to share with `touch`, before it
   * writes; null and undefined stand for none. To `superseded` it adds what has other content in its place.
   */
  mutate<T>(work: (touch: (id: CatalogId | null | undefined) => void, superseded: CatalogId[]) => T): T;
  /** Called with the catalog ids that began or ceased to be shared; returns what ends that. */
  onSharedChange(listener: (change: SharedChange) => void): () => void;
  /** Called when descriptions became due; returns what ends that. */
  onDescriptionDue(listener: () => void): () => void;
}

export function createTransactions(
  database: SqliteDatabase,
  deps: {
    sql: Statements;
    isShared: (catalogId: CatalogId) => boolean;
    descriptions: Descriptions;
    health: WriteHealth;
  },
): Transactions {
  const { sql, isShared, descriptions, health } = deps;
  const listeners = new Set<(change: SharedChange) => void>();
  const dueListeners = new Set<() => void>();
  return {
    mutate(work) {
      const before = new Map<CatalogId, boolean>();
      const touch = (id: CatalogId | null | undefined) => {
        if (id && !before.has(id)) before.set(id, isShared(id));
      };
      const superseded: CatalogId[] = [];
      const change: SharedChange = { added: [], removed: [] };
      let due = false;
      const transaction = database.transaction(() => {
        const value = work(touch, superseded);
        for (const [id, was] of before) {
          const key = catalogIdToBuffer(id);
          const first = sql.firstHolder.get(key) as FileRow | undefined;
          if (first && !was) change.added.push(id);
          if (!first && was) change.removed.push(id);
          if (first && !descriptions.isBy(key, first)) due = descriptions.setDue(key) || due;
        }
        return value;
      });
      const result = health.watch(() => transaction.immediate());
      if (superseded.length > 0) change.superseded = superseded;
      if (due) for (const listener of dueListeners) listener();
      if (change.added.length + change.removed.length + superseded.length > 0)
        for (const listener of listeners) listener(change);
      return result;
    },
    onSharedChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onDescriptionDue(listener) {
      dueListeners.add(listener);
      return () => dueListeners.delete(listener);
    },
  };
}
