import { randomUUID } from 'node:crypto';
import type { PlaybackEvent } from '@giggityflix/bus';
import type { SqliteDatabase } from '@giggityflix/state';
import { CLAIM_LIMIT, CLAIM_MS, type EventOutbox } from './store.ts';
import type { Statements } from './tables.embedded.ts';

/** Who wants to know of the outbox, by what. */
export interface Listeners {
  added: ((heartbeatsOnly: boolean) => void)[];
  dropped: (() => void)[];
}

/** The outbox table of the embedded store; one relay of the machine holds it at a time. */
export function createEmbeddedOutbox(
  database: SqliteDatabase,
  sql: Statements,
  clock: () => number,
  listeners: Listeners,
): EventOutbox {
  return {
    onAdded: (listener) => void listeners.added.push(listener),
    onDropped: (listener) => void listeners.dropped.push(listener),
    claim: async () => {
      const token = randomUUID();
      const rows = database
        .transaction(() => {
          const found = sql.waitingEvents.all(CLAIM_LIMIT) as {
            position: number;
            id: string;
            event: string;
          }[];
          const now = clock();
          if (found.length === 0 || sql.claim.run(token, now + CLAIM_MS, now).changes === 0) return [];
          return found;
        })
        .immediate();
      const last = rows.at(-1);
      if (!last) return [];
      return [
        {
          events: rows.map(({ id, event }) => ({ id, event: JSON.parse(event) as PlaybackEvent })),
          settle: async () => {
            database
              .transaction(() => {
                if (sql.release.run(token).changes > 0) sql.published.run(last.position);
              })
              .immediate();
          },
          release: async () => void sql.release.run(token),
        },
      ];
    },
  };
}
