import { createEmbeddedOutbox as createOutbox, type SqliteDatabase } from '@giggityflix/state';
import type { StoredMatch } from './ledger.embedded.ts';
import { type AvailabilityOutbox, formatSequence, type OutboxEntry } from './outbox.ts';
import type { createUnpublished } from './unpublished.embedded.ts';

interface Row {
  sequence: number;
  catalog_id: string;
  peer_count: number;
  at: number;
  match: string | null;
}

/** The outbox table of the embedded state. */
export function createEmbeddedOutbox(options: {
  database: SqliteDatabase;
  now: () => number;
  unpublished: ReturnType<typeof createUnpublished>;
  /** Appends that a file has as many peers as it has now. */
  publish: (catalogId: string) => void;
}): AvailabilityOutbox & {
  /** To be called after a transaction of this process appended entries. */
  appended(): void;
} {
  const outbox = createOutbox<Row, OutboxEntry>({
    ...options,
    sql: {
      oldest: 'SELECT * FROM outbox ORDER BY sequence LIMIT ?',
      removeUpTo: 'DELETE FROM outbox WHERE sequence <= ?',
      lease:
        'UPDATE outbox_state SET lease_token = ?, lease_until = ? WHERE lease_token IS NULL OR lease_until <= ?',
      free: 'UPDATE outbox_state SET lease_token = NULL WHERE lease_token = ?',
    },
    later: {
      due: options.unpublished.due,
      append: (room) => options.unpublished.move(room, options.publish),
    },
    placeOf: ({ sequence }) => sequence,
    toEntry,
  });
  const total = options.database.prepare<[], number>('SELECT count(*) FROM outbox').pluck();
  return {
    ...outbox,
    size: async () => (total.get() ?? 0) + options.unpublished.size(),
    appended: () => outbox.appended(true),
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
