import { basename, dirname } from 'node:path';
import { isInside } from '../files/is-inside.ts';
import { isSubtitleFolder } from '../metadata/sidecar-files.ts';
import type { createIndexUpdates } from './index-updates.ts';
import type { Walker, WalkTarget } from './walker.ts';

/** Looks again at folders in which something happened, and at the whole of those that are new in them. */
export function createFolderCheck(deps: {
  roots: readonly string[];
  walker: Walker;
  updates: ReturnType<typeof createIndexUpdates>;
  isWatched: (dir: string) => boolean;
}) {
  const rootOf = (dir: string) => deps.roots.find((root) => isInside(dir, root));

  return async (dirs: readonly string[], { recursive }: { recursive: boolean }): Promise<void> => {
    const targets: WalkTarget[] = [];
    for (const dir of new Set(dirs.flatMap(withFilmsOf))) {
      const root = rootOf(dir);
      if (root) targets.push({ dir, root, recursive });
    }
    if (targets.length === 0) return;
    const update = deps.updates.begin();
    // A library that is moved here, beside the few files somebody waits for.
    const below = deps.updates.begin();
    await deps.walker.walk(targets, update.take);
    const fresh = update.unexplored.filter((dir) => !deps.isWatched(dir));
    if (fresh.length > 0) {
      const folders = fresh.map((dir) => ({ dir, root: rootOf(dir) ?? dirname(dir), recursive: true }));
      await deps.walker.walk(folders, below.take);
    }
    update.finish();
    below.finish();
  };
}

/** What changes in a folder of subtitles, or in one within it, changes the films above. */
function withFilmsOf(dir: string): string[] {
  const subtitles = [dir, dirname(dir)].find((path) => isSubtitleFolder(basename(path)));
  return subtitles === undefined ? [dir] : [dir, dirname(subtitles)];
}
