import { type FSWatcher, watch } from 'node:fs';
import type { Logger } from '@giggityflix/kernel';
import { toPath } from '../files/escaped-names.ts';

/** Reports a folder at most this often: a file being copied changes it thousands of times a second. */
const COALESCE_MS = 100;

/**
 * Reports which folders changed: that something happened there, never what, which the walk finds out. Node's own watches
 * do for that. Chokidar keeps every file's stats to know what happened: for 10,000 files in 100 folders that took 61 MB
 * and 0.4 s, these watches 1 MB and 2 ms.
 */
export interface Watcher {
  /** Watches a folder, not what is below it. Watching it again does nothing. */
  add(dir: string): void;
  has(dir: string): boolean;
  /** Reports a folder as if it had changed. */
  mark(dir: string): void;
  /** Whether some folder could not be watched, so that only scans notice its changes. */
  incomplete(): boolean;
  stop(): void;
}

export function createWatcher(deps: { logger: Logger; onChange: (dirs: string[]) => void }): Watcher {
  const watchers = new Map<string, FSWatcher>();
  const dirty = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let refused = false;
  let stopped = false;

  function mark(dir: string): void {
    dirty.add(dir);
    timer ??= setTimeout(() => {
      timer = undefined;
      const dirs = [...dirty];
      dirty.clear();
      if (!stopped) deps.onChange(dirs);
    }, COALESCE_MS);
  }

  function drop(dir: string): void {
    watchers.get(dir)?.close();
    watchers.delete(dir);
  }

  return {
    has: (dir) => watchers.has(dir),
    mark,
    incomplete: () => refused,
    add(dir) {
      if (stopped || watchers.has(dir)) return;
      try {
        const watcher = watch(toPath(dir), { persistent: false }, (type, name) => {
          mark(dir);
          // The folder itself went: its watch is dead, and a new folder of that name needs another.
          if (type === 'rename' && name !== null && dir.endsWith(`/${name}`)) drop(dir);
        });
        watcher.on('error', () => {
          drop(dir);
          mark(dir);
        });
        watchers.set(dir, watcher);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR') return;
        if (!refused)
          deps.logger.warn(
            { code, dir },
            code === 'ENOSPC' || code === 'EMFILE'
              ? 'the system watches no more folders (raise fs.inotify.max_user_watches): changes there wait for the next scan'
              : 'a folder cannot be watched: changes there wait for the next scan',
          );
        refused = true;
      }
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}
