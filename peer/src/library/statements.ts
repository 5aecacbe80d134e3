import { catalogIdToBuffer } from '@giggityflix/proto';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { SqliteDatabase } from '@giggityflix/state';
import type { FileFacts, FileState } from './types.ts';

export type Statements = ReturnType<typeof prepareStatements>;

/** The index's statements, prepared once for each connection. */
export function prepareStatements(database: SqliteDatabase) {
  return {
    get: database.prepare('SELECT * FROM files WHERE dir = ? AND name = ?'),
    put: database.prepare(
      `INSERT INTO files (dir, name, root, size_bytes, mtime_ms, dev, ino, sidecars, state, reason, catalog_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (dir, name) DO UPDATE SET root = excluded.root, size_bytes = excluded.size_bytes,
         mtime_ms = excluded.mtime_ms, dev = excluded.dev, ino = excluded.ino, sidecars = excluded.sidecars,
         state = excluded.state, reason = excluded.reason, catalog_id = excluded.catalog_id`,
    ),
    mark: database.prepare('UPDATE files SET state = ?, reason = ? WHERE dir = ? AND name = ?'),
    putSidecars: database.prepare('UPDATE files SET sidecars = ? WHERE dir = ? AND name = ?'),
    remove: database.prepare('DELETE FROM files WHERE dir = ? AND name = ?'),
    byInode: database.prepare(
      'SELECT * FROM files WHERE ino = ? AND size_bytes = ? AND dev = ? AND mtime_ms = ? AND catalog_id IS NOT NULL LIMIT 1',
    ),
    isShared: database.prepare("SELECT 1 FROM files WHERE catalog_id = ? AND state = 'shared' LIMIT 1"),
    pending: database.prepare("SELECT * FROM files WHERE state = 'pending' ORDER BY size_bytes"),
    pendingCount: database.prepare(
      "SELECT count(*) FROM (SELECT 1 FROM files WHERE state = 'pending' LIMIT ?)",
    ),
    retry: database.prepare(
      "UPDATE files SET state = 'pending', reason = NULL WHERE state IN ('settling', 'unreadable')",
    ),
    outsideRoots: database.prepare(
      "SELECT * FROM files WHERE state <> 'unavailable' AND root NOT IN (SELECT value FROM json_each(?))",
    ),
    sharedIds: database.prepare(
      "SELECT DISTINCT catalog_id FROM files WHERE state = 'shared' AND catalog_id IS NOT NULL",
    ),
    content: database.prepare('SELECT * FROM content WHERE catalog_id = ?'),
    media: database.prepare('SELECT media FROM content WHERE catalog_id = ?').pluck(),
    putContent: database.prepare(
      `INSERT INTO content (catalog_id, size_bytes, hashes, piece_layer, media) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (catalog_id) DO UPDATE SET hashes = excluded.hashes`,
    ),
    describe: database.prepare('UPDATE content SET media = ? WHERE catalog_id = ?'),
    holders: database.prepare(
      "SELECT * FROM files WHERE catalog_id = ? AND state = 'shared' ORDER BY dir, name",
    ),
    firstHolder: database.prepare(
      "SELECT * FROM files WHERE catalog_id = ? AND state = 'shared' ORDER BY dir, name LIMIT 1",
    ),
    list: database.prepare(
      `SELECT * FROM files WHERE (dir, name) > ($dir, $name) AND ($state IS NULL OR state = $state)
       ORDER BY dir, name LIMIT $limit`,
    ),
    titles: database.prepare(
      `SELECT catalog_id, size_bytes, hashes, media FROM content
       WHERE EXISTS (SELECT 1 FROM files WHERE files.catalog_id = content.catalog_id AND state = 'shared')
       ORDER BY json_extract(media, '$.title') LIMIT ?`,
    ),
    counts: database.prepare(
      'SELECT state, count(*) AS files, sum(size_bytes) AS bytes FROM files GROUP BY state',
    ),
    countsByRoot: database.prepare(
      `SELECT root, state = 'shared' AS shared, count(*) AS files, sum(size_bytes) AS bytes
       FROM files GROUP BY root, state = 'shared'`,
    ),
    anyHolder: database.prepare('SELECT 1 FROM files WHERE catalog_id = ? LIMIT 1'),
    removeContent: database.prepare('DELETE FROM content WHERE catalog_id = ?'),
    collectGarbage: database.prepare(
      'DELETE FROM content WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.catalog_id = content.catalog_id)',
    ),
  };
}

/** Inserts a file, or replaces what is known of it. */
export function putFile(
  sql: Statements,
  entry: { file: FileFacts; state: FileState; reason: string | null; catalogId: CatalogId | null },
): void {
  const { file, state, reason, catalogId } = entry;
  sql.put.run(
    file.dir,
    file.name,
    file.root,
    file.sizeBytes,
    file.mtimeMs,
    file.dev,
    file.ino,
    file.sidecars,
    state,
    reason,
    catalogId ? catalogIdToBuffer(catalogId) : null,
  );
}
