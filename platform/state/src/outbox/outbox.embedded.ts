import { randomUUID } from 'node:crypto';
import type { SqliteDatabase } from '../sqlite.ts';
import { createAppendListeners, OUTBOX_LEASE_MS, type Outbox } from './outbox.ts';

/**
 * The statements of an outbox table and of the one row that holds its lease. The tables belong to the service, whose
 * transactions append to them.
 */
export interface OutboxSql {
  /** Rows in their order. Parameter: most rows. */
  oldest: string;
  /** Removes rows up to a place. Parameter: the place. */
  removeUpTo: string;
  /** Takes the lease where it is free or has expired. Parameters: token, end of the lease, now (milliseconds). */
  lease: string;
  /** Gives up the lease. Parameter: token. */
  free: string;
}

/** An outbox as a table of a SQLite file, leased to one process of the machine at a time. */
export function createEmbeddedOutbox<Row, E>(options: {
  database: SqliteDatabase;
  sql: OutboxSql;
  /** A row's place in the order. */
  placeOf(row: Row): number;
  toEntry(row: Row): E;
  /** Entries that wait elsewhere in the database, and are appended in steps when the table has few. */
  later?: {
    /** Whether there are any now; `everywhere` as in {@link Outbox.claim}. */
    due(everywhere: boolean): boolean;
    /** Appends at most about so many of them; called inside the transaction of a claim. */
    append(room: number): void;
  };
  /** Milliseconds since 1970. */
  now: () => number;
}): Outbox<E> & {
  /** To be called after a transaction of this process appended entries. */
  appended(urgent: boolean): void;
} {
  const { database, sql, later, now } = options;
  const oldest = database.prepare<[number], Row>(sql.oldest);
  const removeUpTo = database.prepare<[number]>(sql.removeUpTo);
  const lease = database.prepare<[string, number, number]>(sql.lease);
  const free = database.prepare<[string]>(sql.free);
  const listeners = createAppendListeners();

  const claim = database.transaction((token: string, limit: number, everywhere: boolean): Row[] => {
    const at = now();
    if (lease.run(token, at + OUTBOX_LEASE_MS, at).changes === 0) return [];
    let rows = oldest.all(limit);
    if (rows.length < limit && later?.due(everywhere)) {
      later.append(limit - rows.length);
      rows = oldest.all(limit);
    }
    if (rows.length === 0) free.run(token);
    return rows;
  });
  const complete = database.transaction((token: string, place: number) => {
    // Without the lease another relay publishes the entries: they are its to remove.
    if (free.run(token).changes > 0) removeUpTo.run(place);
  });

  return {
    async claim({ limit, everywhere }) {
      // Read before writing: an idle relay takes no write lock.
      if (oldest.get(1) === undefined && !later?.due(everywhere)) return null;
      const token = randomUUID();
      const rows = claim.immediate(token, limit, everywhere);
      const last = rows.at(-1);
      if (last === undefined) return null;
      return {
        entries: rows.map(options.toEntry),
        complete: async () => complete.immediate(token, options.placeOf(last)),
        release: async () => void free.run(token),
      };
    },
    onAppend: listeners.add,
    appended: listeners.appended,
  };
}
