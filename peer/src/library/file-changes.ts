import type { DescriptionSource } from './descriptions.ts';
import type { Queries } from './queries.ts';
import { catalogIdOf, type FileRow } from './rows.ts';
import { putFile, type Statements } from './statements.ts';
import type { Superseded } from './superseded.ts';
import type { Transactions } from './transactions.ts';
import type { FileFacts, FileKey, FileState } from './types.ts';

/** What the scanner changes in the index: which files there are, and in which state. Each method is one transaction. */
export function createFileChanges(deps: {
  sql: Statements;
  get: Queries['get'];
  mutate: Transactions['mutate'];
  superseded: Superseded;
}) {
  const { sql, get, mutate, superseded } = deps;
  return {
    /**
     * Records files as found. One that was hashed under another name (same device, inode, size and time)
     * keeps its content; the others get `state`.
     */
    record(files: readonly { file: FileFacts; state: 'settling' | 'pending' }[]): void {
      mutate((touch) => {
        for (const { file, state } of files) {
          const former = get(file)?.catalogId;
          touch(former);
          const known = sql.byInode.get(file.ino, file.sizeBytes, file.dev, file.mtimeMs) as
            | FileRow
            | undefined;
          const id = known?.catalog_id ? catalogIdOf(known.catalog_id) : null;
          touch(id);
          if (former && former !== id) superseded.note(file, former);
          putFile(sql, { file, state: id ? 'shared' : state, reason: null, catalogId: id });
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
          putFile(sql, {
            file,
            state: known.catalogId ? 'shared' : 'pending',
            reason: null,
            catalogId: known.catalogId,
          });
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
      mutate((touch, forgotten) => {
        for (const key of keys) {
          touch(get(key)?.catalogId);
          sql.mark.run(state, reason, key.dir, key.name);
          // It has been read, and is no film any more; in any other state it may yet become what it was.
          if (state === 'rejected') forgotten.push(...superseded.by(key, null));
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

    /** Gives files another chance that were being written or could not be read. */
    retry(): void {
      sql.retry.run();
    },

    /** Takes files of folders that are no longer configured out of what is shared; their index stays. */
    limitToRoots(roots: readonly string[]): void {
      mutate((touch) => {
        for (const row of sql.outsideRoots.all(JSON.stringify(roots)) as FileRow[]) {
          touch(row.catalog_id && catalogIdOf(row.catalog_id));
          sql.mark.run('unavailable', 'its folder is not shared any more', row.dir, row.name);
        }
      });
    },
  };
}
