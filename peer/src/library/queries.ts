import { catalogIdToBuffer } from '@giggityflix/proto';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { MediaInfo } from '../metadata/media-info.ts';
import { readMedia } from './media.ts';
import { type ContentRow, catalogIdOf, type FileRow, toContent, toFile } from './rows.ts';
import type { Statements } from './statements.ts';
import {
  type Content,
  FILE_STATES,
  type FileKey,
  type FileState,
  type LibraryFile,
  type SharedTitle,
} from './types.ts';

export type Queries = ReturnType<typeof createQueries>;

/** What may be asked of the index; a content is named by its catalog id, or by the bytes that stand for it. */
export function createQueries(sql: Statements) {
  const fileOf = (row: unknown): LibraryFile | null => (row ? toFile(row as FileRow) : null);
  return {
    get: (key: FileKey): LibraryFile | null => fileOf(sql.get.get(key.dir, key.name)),

    isShared: (catalogId: CatalogId): boolean => sql.isShared.get(catalogIdToBuffer(catalogId)) !== undefined,

    sharedIds: (): Buffer[] => sql.sharedIds.pluck().all() as Buffer[],

    /** The file that is to describe a content: the first of those that hold it. */
    describer: (id: Buffer): LibraryFile | null => fileOf(sql.firstHolder.get(id)),

    /** The smallest file that is to be read, leaving out those that are `busy`. */
    nextPending(busy: (key: FileKey) => boolean): LibraryFile | null {
      for (const row of sql.pending.iterate() as Iterable<FileRow>) if (!busy(row)) return toFile(row);
      return null;
    },

    /** Whether so many files are to be read. */
    hasPending: (count: number): boolean => sql.pendingCount.pluck().get(count) === count,

    content(catalogId: CatalogId): Content | null {
      const row = sql.content.get(catalogIdToBuffer(catalogId)) as ContentRow | undefined;
      return row ? toContent(row) : null;
    },

    /** What a content was described as; its hashes are not read. */
    media(catalogId: CatalogId): MediaInfo | null {
      const text = sql.media.get(catalogIdToBuffer(catalogId)) as string | undefined;
      return text === undefined ? null : readMedia(text);
    },

    /** The files that hold a content now. */
    holders: (catalogId: CatalogId): LibraryFile[] =>
      (sql.holders.all(catalogIdToBuffer(catalogId)) as FileRow[]).map(toFile),

    /** All files by folder and name, a page at a time. */
    list(options: { after?: FileKey; limit: number; state?: FileState }): LibraryFile[] {
      const { dir, name } = options.after ?? { dir: '', name: '' };
      const { limit, state = null } = options;
      return (sql.list.all({ dir, name, state, limit }) as FileRow[]).map(toFile);
    },

    /** What is shared, as its owner knows it. */
    titles(limit: number): SharedTitle[] {
      return (sql.titles.all(limit) as Omit<ContentRow, 'piece_layer'>[]).map((row) => {
        const { title, year, season, episode, durationSeconds } = readMedia(row.media);
        const catalogId = catalogIdOf(row.catalog_id);
        return { catalogId, title, year, season, episode, sizeBytes: row.size_bytes, durationSeconds };
      });
    },

    /** What was found in each media folder. */
    countsByRoot(): Map<string, { shared: number; others: number; bytes: number }> {
      const found = new Map<string, { shared: number; others: number; bytes: number }>();
      const rows = sql.countsByRoot.all() as { root: string; shared: number; files: number; bytes: number }[];
      for (const { root, shared, files, bytes } of rows) {
        const counts = found.get(root) ?? { shared: 0, others: 0, bytes: 0 };
        counts[shared === 1 ? 'shared' : 'others'] += files;
        found.set(root, { ...counts, bytes: counts.bytes + bytes });
      }
      return found;
    },

    /** Number and bytes of files by state. */
    counts(): Record<FileState, { files: number; bytes: number }> {
      const result = Object.fromEntries(
        FILE_STATES.map((state) => [state, { files: 0, bytes: 0 }]),
      ) as Record<FileState, { files: number; bytes: number }>;
      for (const row of sql.counts.all() as { state: FileState; files: number; bytes: number }[])
        result[row.state] = { files: row.files, bytes: row.bytes };
      return result;
    },
  };
}
