import type { SqliteDatabase } from '@giggityflix/state';
import { NAMING_VERSION } from '../naming/version.ts';
import { createPictures } from './pictures.ts';
import type { FileKey } from './types.ts';

/** The file a content is described by, and what lay beside it. */
export type DescriptionSource = FileKey & { sidecars: string };

const encode = ({ dir, name, sidecars }: DescriptionSource) => JSON.stringify([dir, name, sidecars]);

/** Which file gave each content its description, when, and whether another one is due. */
export type Descriptions = ReturnType<typeof createDescriptions>;

export function createDescriptions(database: SqliteDatabase) {
  const shared =
    "EXISTS (SELECT 1 FROM files WHERE files.catalog_id = descriptions.catalog_id AND state = 'shared')";
  const sql = {
    source: database.prepare('SELECT source FROM descriptions WHERE catalog_id = ?').pluck(),
    put: database.prepare(
      `INSERT INTO descriptions (catalog_id, source, depth, due, described_at) VALUES (?, ?, ?, 0, ?)
       ON CONFLICT (catalog_id) DO UPDATE SET source = excluded.source, depth = excluded.depth, due = 0,
         described_at = excluded.described_at`,
    ),
    setDue: database.prepare('UPDATE descriptions SET due = 1 WHERE catalog_id = ?'),
    shallow: database.prepare(
      `SELECT catalog_id, depth FROM descriptions WHERE depth < ? AND ${shared} LIMIT ?`,
    ),
    setAllDue: database.prepare('UPDATE descriptions SET due = 1'),
    isEmpty: database.prepare('SELECT NOT EXISTS (SELECT 1 FROM descriptions)').pluck(),
    naming: database.prepare("SELECT value FROM state WHERE name = 'naming_version'").pluck(),
    putNaming: database.prepare(
      "INSERT INTO state (name, value) VALUES ('naming_version', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    ),
    due: database.prepare(`SELECT catalog_id, depth FROM descriptions WHERE due = 1 AND ${shared} LIMIT ?`),
    setOld: database.prepare('UPDATE descriptions SET described_at = 0'),
    notAfter: database.prepare('UPDATE descriptions SET described_at = $now WHERE described_at > $now'),
    olderThan: database.prepare(
      `SELECT catalog_id, depth FROM descriptions WHERE described_at < ? AND ${shared} ORDER BY described_at LIMIT ?`,
    ),
    collectGarbage: database.prepare(
      'DELETE FROM descriptions WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.catalog_id = descriptions.catalog_id)',
    ),
  };
  /** Has everything described again that another version of the rules for names described; the index keeps its hashes. */
  const followNaming = database.transaction(() => {
    if (sql.naming.get() === NAMING_VERSION) return;
    if (sql.isEmpty.get() === 0) sql.setAllDue.run();
    sql.putNaming.run(NAMING_VERSION);
  });
  const pictures = createPictures(database);
  return {
    pictures,
    followNaming: (): void => void followNaming.immediate(),
    isBy: (id: Buffer, file: DescriptionSource): boolean => sql.source.get(id) === encode(file),
    /** The file a content was last described by; null when it never was. */
    fileOf(id: Buffer): FileKey | null {
      const source = sql.source.get(id) as string | undefined;
      if (!source) return null;
      const [dir, name] = JSON.parse(source) as [string, string];
      return { dir, name };
    },
    put(id: Buffer, file: DescriptionSource, depth: number): void {
      sql.put.run(id, encode(file), depth, Date.now());
      pictures.put(id, file.sidecars);
    },
    setDue: (id: Buffer): boolean => sql.setDue.run(id).changes > 0,
    /** Contents of films that were not looked into as deeply. */
    shallowerThan: (depth: number, limit: number) =>
      sql.shallow.all(depth, limit) as { catalog_id: Buffer; depth: number }[],
    due: (limit: number) => sql.due.all(limit) as { catalog_id: Buffer; depth: number }[],
    /** Makes every description count as sent long ago. */
    setOld: (): void => void sql.setOld.run(),
    /** A clock that was ahead once must not keep a description from ever growing old. */
    limitTimes: (): void => void sql.notAfter.run({ now: Date.now() }),
    /** Contents described before `time`, the oldest first. */
    olderThan: (time: number, limit: number) =>
      sql.olderThan.all(time, limit) as { catalog_id: Buffer; depth: number }[],
    collectGarbage(): void {
      sql.collectGarbage.run();
      pictures.collectGarbage();
    },
  };
}
