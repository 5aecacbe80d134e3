import { closeSync, constants, fstatSync, openSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { type FileHandle, open, readlink, realpath, stat } from 'node:fs/promises';
import { fromBytes, toPath } from './escaped-names.ts';
import { isInside } from './is-inside.ts';

/** Neither a link in the last place is followed, nor a pipe waited for. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What a path leads to is nothing a peer reads: no regular file, or one outside the media folders. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError';
}

/**
 * Opens a regular file within one of the folders, links resolved. What was opened is checked, not the name: a
 * path that is exchanged meanwhile gives an error or the file that was there before.
 *
 * @throws OutsideError, and the system's error where there is nothing to open
 */
export async function openInside(path: string, roots: readonly string[]): Promise<FileHandle> {
  const { target, realRoots } = await checkInside(path, roots);
  // Opening a device may already do something.
  if (!(await stat(toPath(target))).isFile()) throw irregular(path);
  const handle = await open(toPath(target), FLAGS);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw irregular(path);
    const opened = await readlink(`/proc/self/fd/${handle.fd}`, 'buffer').then(fromBytes, async () => {
      const now = await resolveLinks(target);
      const { dev, ino } = await stat(toPath(now));
      if (dev !== stats.dev || ino !== stats.ino) throw new OutsideError(`${path} is being exchanged`);
      return now;
    });
    check(path, opened, realRoots);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Where a path leads, links resolved.
 *
 * @throws OutsideError unless that is within one of the folders
 */
export async function checkInside(path: string, roots: readonly string[]) {
  const found = await Promise.all(roots.map((root) => resolveLinks(root).catch(() => null)));
  const realRoots = found.filter((root) => root !== null);
  const target = await resolveLinks(path);
  check(path, target, realRoots);
  return { target, realRoots };
}

/** {@link openInside} for a thread that may wait; without folders any regular file will do. */
export function openInsideSync(path: string, roots: readonly string[] | null): number {
  const target = resolveLinksSync(path);
  const realRoots = (roots ?? ['/']).flatMap((root) => tryRealpath(root));
  if (roots) check(path, target, realRoots);
  if (!statSync(toPath(target)).isFile()) throw irregular(path);
  const fd = openSync(toPath(target), FLAGS);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw irregular(path);
    if (roots) check(path, openedPath(fd, target, stats), realRoots);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openedPath(fd: number, target: string, { dev, ino }: { dev: number; ino: number }): string {
  try {
    return fromBytes(readlinkSync(`/proc/self/fd/${fd}`, 'buffer'));
  } catch {
    const now = resolveLinksSync(target);
    const stats = statSync(toPath(now));
    if (dev !== stats.dev || ino !== stats.ino) throw new OutsideError(`${target} is being exchanged`);
    return now;
  }
}

async function resolveLinks(path: string): Promise<string> {
  return fromBytes(await realpath(toPath(path), 'buffer'));
}

function resolveLinksSync(path: string): string {
  // The other one reads bytes as text.
  return fromBytes(realpathSync.native(toPath(path), 'buffer'));
}

function check(path: string, target: string, realRoots: readonly string[]): void {
  if (!realRoots.some((root) => isInside(target, root)))
    throw new OutsideError(`${path} leads out of the media folders`);
}

function irregular(path: string): OutsideError {
  return new OutsideError(`${path} is not a regular file`);
}

function tryRealpath(path: string): string[] {
  try {
    return [resolveLinksSync(path)];
  } catch {
    return [];
  }
}
