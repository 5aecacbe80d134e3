import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lock, needs, placesFor } from '../pack/dependencies.ts';
import type { ImageTarget } from './targets.ts';

/** What no process reads; licences stay. */
const UNREAD = [
  /\.d\.[cm]?ts$/,
  /\.map$/,
  /\.(md|markdown)$/i,
  /\.test\.tsx?$/,
  // The sources of the binary beside them.
  /^node_modules\/better-sqlite3\/(deps|src)\//,
  // Binaries for other systems than the images'. cspell:ignore linuxmusl
  /^node_modules\/better-sqlite3\/prebuilds\/(darwin|linuxmusl|win32)-/,
  // Databases that we have no client of.
  /^node_modules\/@prisma\/client\/runtime\/.*\.(cockroachdb|mysql|sqlserver)\./,
];

export interface ImageContents {
  /** Folders of workspaces and of packages, below the root, as the lock file has them. */
  workspaces: readonly string[];
  packages: readonly string[];
  /** Links in `node_modules` to workspaces: the place, and the workspace. */
  links: ReadonlyMap<string, string>;
}

/**
 * Follows the lock file from the workspaces of a target through all that they need when they run.
 *
 * @throws Error when something that is needed is not installed below `root`.
 */
export function contentsOf(root: string, target: ImageTarget): ImageContents {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  const [workspaces, packages, links] = [new Set<string>(), new Set<string>(), new Map<string, string>()];
  const waiting = [...target.workspaces];
  for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) {
    const isPackage = place.includes('node_modules/');
    const known = isPackage ? packages : workspaces;
    if (known.has(place)) continue;
    known.add(place);
    for (const [name, isOptional] of needs(lock.packages[place] ?? {})) {
      const found = placesFor(place, name).find((candidate) => lock.packages[candidate]) ?? '';
      const { link = false, resolved = '' } = lock.packages[found] ?? {};
      if (link) {
        links.set(found, resolved);
        waiting.push(resolved);
      } else if (found !== '' && existsSync(join(root, found))) waiting.push(found);
      else if (!isOptional) throw new Error(`${name}, which ${place} needs, is not installed`);
    }
  }
  return { workspaces: [...workspaces].sort(), packages: [...packages].sort(), links };
}

/** The files of a folder that a process may read, by their path below `root`; what is installed within is by itself. */
export function filesOf(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesOf(root, path);
    return UNREAD.some((pattern) => pattern.test(path)) ? [] : [path];
  });
}
