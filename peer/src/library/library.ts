import { migrateSqlite, openSqlite } from '@giggityflix/platform';
import { createDescriptions, type DescriptionSource } from './descriptions.ts';
import { MIGRATIONS } from './migrations.ts';
import { prepareStatements } from './statements.ts';
import {
  type Content,
  FILE_STATES,
  type FileFacts,
  type FileKey,
  type FileState,
  type LibraryFile,
  type MediaInfo,
  type SharedChange,
  type SharedTitle,
} from './types.ts';
import { boundLog, createWriteHealth } from './write-health.ts';

interface FileRow {
  dir: string;
  name: string;
  root: string;
  size_bytes: number;
  mtime_ms: number;
  dev: number;
  ino: number;
  sidecars: string;
  state: FileState;
  reason: string | null;
  catalog_id: Buffer | null;
}

interface ContentRow {
  catalog_id: Buffer;
  size_bytes: number;
  hashes: string;
  piece_layer: Buffer;
  media: string;
}

/** The index of what this peer has: every file seen, and what the bytes of the hashed ones are. */
export type Library = ReturnType<typeof openLibrary>;

/**
 * Opens the index, creating or migrating it. Every method is one transaction: killed at any moment, the
 * file opens again and holds all or nothing of it.
 *
 * `onSharedChange` hears, after each commit, which catalog ids began or ceased to be shared by it.
 */
export function openLibrary(path: string) {
  const database = openSqlite(path);
  boundLog(database);
  migrateSqlite(database, MIGRATIONS);
  const sql = prepareStatements(database);
  const health = createWriteHealth(database);
  const descriptions = createDescriptions(database);
  const listeners = new Set<(change: SharedChange) => void>();
  const dueListeners = new Set<() => void>();

  const isShared = (id: string) => sql.isShared.get(Buffer.from(id, 'hex')) !== undefined;
  const toFile = (row: FileRow): LibraryFile => ({
    dir: row.dir,
    name: row.name,
    root: row.root,
    sizeBytes: row.size_bytes,
    mtimeMs: row.mtime_ms,
    dev: row.dev,
    ino: row.ino,
    sidecars: row.sidecars,
    state: row.state,
    reason: row.reason,
    catalogId: row.catalog_id?.toString('hex') ?? null,
  });
  const toContent = (row: ContentRow): Content => ({
    catalogId: row.catalog_id.toString('hex'),
    sizeBytes: row.size_bytes,
    hashes: JSON.parse(row.hashes),
    pieceLayer: row.piece_layer,
    media: JSON.parse(row.media),
  });
  const get = (key: FileKey): LibraryFile | null => {
    const row = sql.get.get(key.dir, key.name) as FileRow | undefined;
    return row ? toFile(row) : null;
  };

  /** Runs `work` in a transaction, watching the catalog ids it touches for a change of being shared. */
  function mutate<T>(work: (touch: (id: string | null | undefined) => void) => T): T {
    const before = new Map<string, boolean>();
    const touch = (id: string | null | undefined) => {
      if (id && !before.has(id)) before.set(id, isShared(id));
    };
    const change: SharedChange = { added: [], removed: [] };
    let due = false;
    const transaction = database.transaction(() => {
      const value = work(touch);
      for (const [id, was] of before) {
        const key = Buffer.from(id, 'hex');
        const first = sql.firstHolder.get(key) as FileRow | undefined;
        if (first && !was) change.added.push(id);
        if (!first && was) change.removed.push(id);
        if (first && !descriptions.isBy(key, first)) due = descriptions.setDue(key) || due;
      }
      return value;
    });
    const result = health.watch(() => transaction.immediate());
    if (due) for (const listener of dueListeners) listener();
    if (change.added.length + change.removed.length > 0) for (const listener of listeners) listener(change);
    return result;
  }

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
    database,
    get,
    /** Why the index cannot be written, in words; null when it can. */
    writeProblem: health.problem,

    onSharedChange(listener: (change: SharedChange) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

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

    descriptions,

    /** Hears, after each commit, that descriptions became due. */
    onDescriptionDue(listener: () => void): () => void {
      dueListeners.add(listener);
      return () => dueListeners.delete(listener);
    },

    /** The file that is to describe a content: the first of those that hold it. */
    describer(id: Buffer): LibraryFile | null {
      const row = sql.firstHolder.get(id) as FileRow | undefined;
      return row ? toFile(row) : null;
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

    /** The smallest file that is to be read, leaving out those that are `busy`. */
    nextPending(busy: (key: FileKey) => boolean): LibraryFile | null {
      for (const row of sql.pending.iterate() as Iterable<FileRow>) if (!busy(row)) return toFile(row);
      return null;
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

    sharedIds: (): Buffer[] => sql.sharedIds.pluck().all() as Buffer[],
    isShared,

    content(catalogId: string): Content | null {
      const row = sql.content.get(Buffer.from(catalogId, 'hex')) as ContentRow | undefined;
      return row ? toContent(row) : null;
    },

    /** The files that hold a content now. */
    holders: (catalogId: string): LibraryFile[] =>
      (sql.holders.all(Buffer.from(catalogId, 'hex')) as FileRow[]).map(toFile),

    /** All files by folder and name, a page at a time. */
    list(options: { after?: FileKey; limit: number; state?: FileState }): LibraryFile[] {
      const after = options.after ?? { dir: '', name: '' };
      return (
        sql.list.all({
          dir: after.dir,
          name: after.name,
          state: options.state ?? null,
          limit: options.limit,
        }) as FileRow[]
      ).map(toFile);
    },

    /** What is shared, as its owner knows it. */
    titles(limit: number): SharedTitle[] {
      return (sql.titles.all(limit) as Omit<ContentRow, 'piece_layer'>[]).map((row) => {
        const { title, year, season, episode, durationSeconds } = JSON.parse(row.media) as MediaInfo;
        const catalogId = row.catalog_id.toString('hex');
        return { catalogId, title, year, season, episode, sizeBytes: row.size_bytes, durationSeconds };
      });
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
