import { closeSync, constants, fstatSync, openSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { type FileHandle, open, readlink, realpath, stat } from 'node:fs/promises';
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
  if (!(await stat(target)).isFile()) throw irregular(path);
  const handle = await open(target, FLAGS);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw irregular(path);
    const opened = await readlink(`/proc/self/fd/${handle.fd}`).catch(async () => {
      const now = await realpath(target);
      const { dev, ino } = await stat(now);
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
  const found = await Promise.all(roots.map((root) => realpath(root).catch(() => null)));
  const realRoots = found.filter((root) => root !== null);
  const target = await realpath(path);
  check(path, target, realRoots);
  return { target, realRoots };
}

/** {@link openInside} for a thread that may wait; without folders any regular file will do. */
export function openInsideSync(path: string, roots: readonly string[] | null): number {
  const target = realpathSync(path);
  const realRoots = (roots ?? ['/']).flatMap((root) => tryRealpath(root));
  if (roots) check(path, target, realRoots);
  if (!statSync(target).isFile()) throw irregular(path);
  const fd = openSync(target, FLAGS);
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
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    const now = realpathSync(target);
    const stats = statSync(now);
    if (dev !== stats.dev || ino !== stats.ino) throw new OutsideError(`${target} is being exchanged`);
    return now;
  }
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
    return [realpathSync(path)];
  } catch {
    return [];
  }
}
