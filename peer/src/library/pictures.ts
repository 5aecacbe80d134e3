import type { SqliteDatabase } from '@giggityflix/state';
import { parseSidecars } from '../metadata/sidecar-files.ts';

/** Which pictures lie beside the file that describes a content, and which of them were sent. */
export function createPictures(database: SqliteDatabase) {
  const sql = {
    put: database.prepare(
      `INSERT INTO pictures (catalog_id, beside, sent) VALUES (?, ?, '')
       ON CONFLICT (catalog_id) DO UPDATE SET beside = excluded.beside WHERE beside <> excluded.beside`,
    ),
    due: database.prepare(
      `SELECT catalog_id, beside, sent FROM pictures WHERE beside <> sent AND EXISTS
         (SELECT 1 FROM files WHERE files.catalog_id = pictures.catalog_id AND state = 'shared') LIMIT ?`,
    ),
    setSent: database.prepare(
      'UPDATE pictures SET sent = $beside WHERE catalog_id = $id AND beside = $beside',
    ),
    forgetSent: database.prepare("UPDATE pictures SET sent = ''"),
    collectGarbage: database.prepare(
      'DELETE FROM pictures WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.catalog_id = pictures.catalog_id)',
    ),
  };
  return {
    /** Notes what lies beside a file, as `indexSidecars` writes it. */
    put: (id: Buffer, sidecars: string): void =>
      void sql.put.run(id, JSON.stringify(parseSidecars(sidecars).pictures ?? [])),
    /** Contents whose pictures are not those that were sent; '' before any were looked for. */
    due: (limit: number) => sql.due.all(limit) as { catalog_id: Buffer; beside: string; sent: string }[],
    /** Notes that pictures are sent, if they are still those beside the file; whether they are. */
    setSent: (id: Buffer, beside: string): boolean => sql.setSent.run({ id, beside }).changes > 0,
    /** Makes all pictures count as never sent. */
    forgetSent: (): void => void sql.forgetSent.run(),
    collectGarbage: (): void => void sql.collectGarbage.run(),
  };
}
