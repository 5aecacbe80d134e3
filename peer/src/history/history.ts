import { createHash } from 'node:crypto';
import { catalogIdToBuffer } from '@giggityflix/proto';
import { type CatalogId, catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import type { SqliteDatabase } from '@giggityflix/state';

/** Sessions kept; the oldest go first. */
const MAX_SESSIONS = 1_000;
/** Characters by which an account is known again on the owner's page. */
const TAG_LENGTH = 4;

/** A session that was served. */
export interface ServedSession {
  sessionId: string;
  catalogId: CatalogId;
  /** The same for all sessions of an account, and no name; null where the platform did not say. */
  account: string | null;
  startedAt: number;
  endedAt: number;
  sentBytes: number;
}

/** As the owner is shown it. */
export interface WatchedFilm {
  catalogId: CatalogId;
  /** By which viewers are known apart; null where the platform named none. */
  viewer: string | null;
  startedAt: string;
  endedAt: string;
  sentBytes: number;
}

interface Row {
  catalog_id: Buffer;
  viewer: string | null;
  started_at: number;
  ended_at: number;
  sent_bytes: number;
}

/** Who watched what, in the index: of a viewer no more than a tag by which it is known again. */
export function createHistory(database: SqliteDatabase) {
  const add = database.prepare(`
    INSERT INTO watched (session_id, catalog_id, viewer, started_at, ended_at, sent_bytes)
    VALUES (@sessionId, @catalogId, @viewer, @startedAt, @endedAt, @sentBytes)
    ON CONFLICT (session_id) DO UPDATE
      SET ended_at = excluded.ended_at, sent_bytes = sent_bytes + excluded.sent_bytes`);
  const trim = database.prepare(`
    DELETE FROM watched WHERE session_id IN (
      SELECT session_id FROM watched ORDER BY ended_at DESC LIMIT -1 OFFSET ${MAX_SESSIONS})`);
  const latest = database.prepare(`
    SELECT catalog_id, viewer, started_at, ended_at, sent_bytes FROM watched ORDER BY ended_at DESC LIMIT ?`);
  return {
    add(session: ServedSession): void {
      const { account, catalogId, ...rest } = session;
      add.run({
        ...rest,
        catalogId: catalogIdToBuffer(catalogId),
        viewer: account === null ? null : tagOf(account),
      });
      trim.run();
    },
    latest: (limit: number): WatchedFilm[] =>
      (latest.all(limit) as Row[]).map((row) => ({
        catalogId: catalogIdFromBytes(row.catalog_id) as CatalogId,
        viewer: row.viewer,
        startedAt: new Date(row.started_at).toISOString(),
        endedAt: new Date(row.ended_at).toISOString(),
        sentBytes: row.sent_bytes,
      })),
    clear(): void {
      database.exec('DELETE FROM watched');
    },
  };
}

export type History = ReturnType<typeof createHistory>;

function tagOf(account: string): string {
  return createHash('sha256').update(account).digest('hex').slice(0, TAG_LENGTH);
}
