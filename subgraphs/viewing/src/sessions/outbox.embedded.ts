import type { PlaybackEvent } from '@giggityflix/bus';
import { createEmbeddedOutbox as createOutbox, type SqliteDatabase } from '@giggityflix/state';
import type { OutboxEvent } from './store.ts';

/** The outbox table of the embedded store. */
export function createEmbeddedOutbox(database: SqliteDatabase, now: () => number) {
  return createOutbox<{ position: number; id: string; event: string }, OutboxEvent>({
    database,
    sql: {
      oldest: 'SELECT position, id, event FROM outbox ORDER BY position LIMIT ?',
      removeUpTo: 'DELETE FROM outbox WHERE position <= ?',
      lease: 'UPDATE relay SET token = ?, until = ? WHERE token IS NULL OR until <= ?',
      free: 'UPDATE relay SET token = NULL, until = 0 WHERE token = ?',
    },
    placeOf: ({ position }) => position,
    toEntry: ({ id, event }) => ({ id, event: JSON.parse(event) as PlaybackEvent }),
    now,
  });
}
