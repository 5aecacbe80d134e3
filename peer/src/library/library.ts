import { migrateSqlite, openSqlite } from '@giggityflix/state';
import type { MediaInfo } from '../metadata/media-info.ts';
import { createDescriptions, type DescriptionSource } from './descriptions.ts';
import { MIGRATIONS } from './migrations.ts';
import { createQueries } from './queries.ts';
import { type ContentRow, type FileRow, toContent } from './rows.ts';
import { prepareStatements } from './statements.ts';
import { createTransactions } from './transactions.ts';
import type { Content, FileFacts, FileKey, FileState, LibraryFile } from './types.ts';
import { boundLog, createWriteHealth } from './write-health.ts';

/** The index of what this peer has: every file seen, and what the bytes of the hashed ones are. */
export type Library = ReturnType<typeof openLibrary>;

/**
 * Opens the index, creating or migrating it. Every method is one transaction: killed at any moment, the
 * file opens again and holds all or nothing of it.
 */
export function openLibrary(path: string) {
  const database = openSqlite(path);
  boundLog(database);
  migrateSqlite(database, MIGRATIONS);
  const sql = prepareStatements(database);
  const health = createWriteHealth(database);
  const descriptions = createDescriptions(database);
  const queries = createQueries(sql);
  const { get, isShared } = queries;
  const { mutate, onSharedChange, onDescriptionDue } = createTransactions(database, {
    sql,
    isShared,
    descriptions,
    health,
  });

  function put(file: FileFacts, state: FileState, reason: string | null, catalogId: string | null): void {
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
      catalogId ? Buffer.from(catalogId, 'hex') : null,
    );
  }

  return {
    ...queries,
    database,
    descriptions,
    onSharedChange,
    onDescriptionDue,
    /** Why the index cannot be written, in words; null when it can. */
    writeProblem: health.problem,

    /**
     * Records files as found. One that was hashed under another name (same device, inode, size and time)
     * keeps its content; the others get `state`.
     */
    record(files: readonly { file: FileFacts; state: 'settling' | 'pending' }[]): void {
      mutate((touch) => {
        for (const { file, state } of files) {
          touch(get(file)?.catalogId);
          const known = sql.byInode.get(file.ino, file.sizeBytes, file.dev, file.mtimeMs) as
            | FileRow
            | undefined;
          const id = known?.catalog_id?.toString('hex') ?? null;
          touch(id);
          put(file, id ? 'shared' : state, null, id);
        }
      });
    },

    /** Records that files are as they were before they became unavailable. */
    restore(files: readonly FileFacts[]): void {
      mutate((touch) => {
        for (const file of files) {
          const known = get(file);
          if (!known) continue;
          touch(known.catalogId);
          put(file, known.catalogId ? 'shared' : 'pending', null, known.catalogId);
        }
      });
    },

    /** Records what lies beside files now. */
    putSidecars(files: readonly DescriptionSource[]): void {
      mutate((touch) => {
        for (const { dir, name, sidecars } of files) {
          touch(get({ dir, name })?.catalogId);
          sql.putSidecars.run(sidecars, dir, name);
        }
      });
    },

    /** Moves files to a state without content of use: `rejected`, `unreadable`, `settling`, `pending`. */
    mark(keys: readonly FileKey[], state: FileState, reason: string | null = null): void {
      mutate((touch) => {
        for (const key of keys) {
          touch(get(key)?.catalogId);
          sql.mark.run(state, reason, key.dir, key.name);
        }
      });
    },

    /** Forgets files, and contents no file holds any more. */
    remove(keys: readonly FileKey[]): void {
      mutate((touch) => {
        for (const key of keys) {
          const id = get(key)?.catalogId;
          touch(id);
          sql.remove.run(key.dir, key.name);
        }
      });
    },

    /**
     * Records what a file's bytes are, if it is still the file that was read. Returns whether it was. Of several files
     * with the same bytes the first by folder and name describes them, whichever was read first; `onDescribed` runs in
     * the same transaction when that is this one. `depth` says how deeply the film was looked into.
     */
    complete(
      read: FileFacts,
      content: Content,
      { depth = 0, onDescribed = () => {} }: { depth?: number; onDescribed?: () => void } = {},
    ): boolean {
      return mutate((touch) => {
        const now = get(read);
        if (
          !now ||
          now.sizeBytes !== read.sizeBytes ||
          now.mtimeMs !== read.mtimeMs ||
          now.state !== 'pending'
        )
          return false;
        touch(now.catalogId);
        touch(content.catalogId);
        const id = Buffer.from(content.catalogId, 'hex');
        const isNew = sql.content.get(id) === undefined;
        const first = sql.firstHolder.get(id) as FileRow | undefined;
        const isFirst =
          first === undefined || read.dir < first.dir || (read.dir === first.dir && read.name < first.name);
        sql.putContent.run(
          id,
          content.sizeBytes,
          JSON.stringify(content.hashes),
          content.pieceLayer,
          JSON.stringify(content.media),
        );
        put(now, 'shared', null, content.catalogId);
        if (isFirst && !isNew) sql.describe.run(JSON.stringify(content.media), id);
        if (isFirst) {
          descriptions.put(id, read, depth);
          onDescribed();
        }
        return true;
      });
    },

    /**
     * Puts a description made of `file` in place of the former, if that file is still the one to describe the content,
     * with the same sidecars. Calls `onDescribed` in the same transaction when it says something else, or `always`.
     */
    redescribe(
      id: Buffer,
      file: LibraryFile,
      media: MediaInfo,
      {
        depth,
        always,
        onDescribed,
      }: { depth: number; always: boolean; onDescribed: (content: Content) => void },
    ): boolean {
      return mutate(() => {
        const now = sql.firstHolder.get(id) as FileRow | undefined;
        const row = sql.content.get(id) as ContentRow | undefined;
        if (!now || !row) return false;
        if (now.dir !== file.dir || now.name !== file.name || now.sidecars !== file.sidecars) return false;
        const text = JSON.stringify(media);
        const isOther = text !== row.media || descriptions.nameOf(id) !== file.name;
        if (text !== row.media) sql.describe.run(text, id);
        descriptions.put(id, file, depth);
        if (isOther || always) onDescribed(toContent({ ...row, media: text }));
        return true;
      });
    },

    /** Gives files another chance that were being written or could not be read. */
    retry(): void {
      sql.retry.run();
    },

    /** Takes files of folders that are no longer configured out of what is shared; their index stays. */
    limitToRoots(roots: readonly string[]): void {
      mutate((touch) => {
        for (const row of sql.outsideRoots.all(JSON.stringify(roots)) as FileRow[]) {
          touch(row.catalog_id?.toString('hex'));
          sql.mark.run('unavailable', 'its folder is not shared any more', row.dir, row.name);
        }
      });
    },

    /** Drops contents that no file holds. */
    collectGarbage(): void {
      sql.collectGarbage.run();
      descriptions.collectGarbage();
    },

    close(): void {
      database.close();
    },
  };
}
