import { randomUUID } from 'node:crypto';
import type { SqliteDatabase } from '@giggityflix/state';
import type { StoredMatch } from './ledger.embedded.ts';
import { formatSequence, OUTBOX_LEASE_MS, type Outbox, type OutboxEntry } from './outbox.ts';

interface Row {
  sequence: number;
  catalog_id: string;
  peer_count: number;
  at: number;
  match: string | null;
}

/** The outbox as a table, leased to one process at a time. */
export function createEmbeddedOutbox(options: { database: SqliteDatabase; now: () => number }): Outbox & {
  /** Tells the listener that a transaction of this process appended entries. */
  appended(): void;
} {
  const { database, now } = options;
  let listener = () => {};
  const lease = database.prepare(
    'UPDATE outbox_state SET lease_token = ?, lease_until = ? WHERE lease_token IS NULL OR lease_until <= ?',
  );
  const free = database.prepare('UPDATE outbox_state SET lease_token = NULL WHERE lease_token = ?');
  const oldest = database.prepare<[number], Row>('SELECT * FROM outbox ORDER BY sequence LIMIT ?');
  const remove = database.prepare('DELETE FROM outbox WHERE sequence <= ?');
  const total = database.prepare<[], number>('SELECT count(*) FROM outbox').pluck();
  const any = database.prepare<[], number>('SELECT 1 FROM outbox LIMIT 1').pluck();

  const claim = database.transaction((token: string, limit: number) => {
    if (lease.run(token, now() + OUTBOX_LEASE_MS, now()).changes === 0) return [];
    const rows = oldest.all(limit);
    if (rows.length === 0) free.run(token);
    return rows;
  });
  const complete = database.transaction((token: string, last: number) => {
    if (free.run(token).changes > 0) remove.run(last);
  });
  return {
    async claim(limit) {
      // Read before writing: an idle tracker takes no write lock.
      if (any.get() === undefined) return null;
      const token = randomUUID();
      const rows = claim.immediate(token, limit);
      return rows.length === 0 ? null : { token, entries: rows.map(toEntry) };
    },
    async complete(batch) {
      complete.immediate(batch.token, Number(batch.entries.at(-1)?.sequence ?? 0));
    },
    async release(batch) {
      free.run(batch.token);
    },
    async size() {
      return total.get() ?? 0;
    },
    onAppend(given) {
      listener = given;
    },
    appended: () => listener(),
  };
}

function toEntry(row: Row): OutboxEntry {
  const entry = {
    sequence: formatSequence(row.sequence),
    catalogId: row.catalog_id,
    peerCount: row.peer_count,
    at: row.at,
  };
  if (row.match === null) return { kind: 'availability', ...entry };
  return { kind: 'match', ...entry, ...(JSON.parse(row.match) as StoredMatch) };
}
