import { ConnectRequest } from '@giggityflix/proto';
import type { SqliteDatabase } from '@giggityflix/state';
import { SqliteError } from 'better-sqlite3';

export type OutboxKind = 'description' | 'command_response' | 'artwork';

export interface OutboxEntry {
  id: number;
  message: NonNullable<ConnectRequest['message']>;
  bytes: number;
}

/** Sequences are reserved in runs of this many, so that counting does not write to the disk each time. */
const SEQUENCE_RUN = 10_000;

/**
 * What a full disk prevents here costs nothing but a repetition after a restart: a message sent again is the same
 * message, and sequences are compared within one connection only.
 */
function unlessFull(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
  }
}

/** Messages the edge has not acknowledged; in the index's file, so that both change in one transaction. */
export type Outbox = ReturnType<typeof createOutbox>;

export function createOutbox(database: SqliteDatabase) {
  const sql = {
    put: database.prepare(
      // A replaced message gets a new id: an acknowledgement of the old one must not remove it.
      'INSERT OR REPLACE INTO outbox (kind, key, message) VALUES (?, ?, ?)',
    ),
    after: database.prepare('SELECT id, message FROM outbox WHERE id > ? ORDER BY id LIMIT 1'),
    find: database.prepare('SELECT id, message FROM outbox WHERE kind = ? AND key = ?'),
    has: database.prepare('SELECT 1 FROM outbox WHERE kind = ? AND key = ?').pluck(),
    remove: database.prepare('DELETE FROM outbox WHERE id = ?'),
    // The keys of pictures are the catalog id, a slash, and a number.
    forget: database.prepare(
      "DELETE FROM outbox WHERE (kind = 'description' AND key = ?) OR (kind = 'artwork' AND key > ? AND key < ?)",
    ),
    count: database.prepare('SELECT count(*) FROM outbox').pluck(),
    sequence: database.prepare("SELECT value FROM state WHERE name = 'sequence'").pluck(),
    reserve: database.prepare(
      "INSERT INTO state (name, value) VALUES ('sequence', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    ),
  };
  let next = Number(sql.sequence.get() ?? 1);
  let reservedTo = next;
  const parse = (row: unknown): OutboxEntry | null => {
    if (!row) return null;
    const { id, message } = row as { id: number; message: Buffer };
    return { id, message: ConnectRequest.decode(message).message!, bytes: message.length };
  };

  return {
    /** Keeps a message until it is acknowledged; one of the same kind and key is replaced. */
    put(kind: OutboxKind, key: string, message: OutboxEntry['message']): void {
      sql.put.run(kind, key, Buffer.from(ConnectRequest.encode({ sequence: 0, message }).finish()));
    },
    /** The next message behind `id`. */
    after: (id: number): OutboxEntry | null => parse(sql.after.get(id)),
    find: (kind: OutboxKind, key: string): OutboxEntry | null => parse(sql.find.get(kind, key)),
    has: (kind: OutboxKind, key: string): boolean => sql.has.get(kind, key) !== undefined,
    remove(ids: readonly number[]): void {
      if (ids.length === 0) return;
      unlessFull(
        database.transaction(() => {
          for (const id of ids) sql.remove.run(id);
        }),
      );
    },
    /** Drops what is said of contents that are gone for good. */
    forget(catalogIds: readonly string[]): void {
      for (const id of catalogIds) unlessFull(() => sql.forget.run(id, `${id}/`, `${id}0`));
    },
    size: (): number => sql.count.get() as number,
    /** The next sequence; greater than any before, across restarts and crashes. */
    nextSequence(): number {
      if (next >= reservedTo) {
        reservedTo = next + SEQUENCE_RUN;
        unlessFull(() => sql.reserve.run(String(reservedTo)));
      }
      return next++;
    },
  };
}
