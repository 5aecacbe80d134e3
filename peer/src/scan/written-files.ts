// cspell:ignore fdinfo
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fromBytes, toPath } from '../files/escaped-names.ts';

/** Processes looked at before others get their turn. */
const AT_ONCE = 32;
/** Bits of the flags of an open file that say how it was opened; 0 is for reading only. */
const ACCESS_MODE = 3;

/**
 * Which of these files some process has open for writing, as far as this one may see that: on Linux, the processes of
 * its user. Elsewhere none.
 */
export async function findWrittenFiles(paths: readonly string[]): Promise<ReadonlySet<string>> {
  const written = new Set<string>();
  if (process.platform !== 'linux' || paths.length === 0) return written;
  const wanted = resolveFolders(paths);
  const processes = entriesOf('/proc').filter((name) => /^\d+$/.test(name));
  for (const [index, pid] of processes.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await turn();
    for (const fd of entriesOf(`/proc/${pid}/fd`)) {
      const path = wanted.get(targetOf(`/proc/${pid}/fd/${fd}`));
      if (path !== undefined && isForWriting(`/proc/${pid}/fdinfo/${fd}`)) written.add(path);
    }
  }
  return written;
}

/** The paths by what they are without links to folders. */
function resolveFolders(paths: readonly string[]): Map<string, string> {
  const folders = new Map<string, string>();
  const wanted = new Map<string, string>();
  for (const path of paths) {
    const dir = dirname(path);
    if (!folders.has(dir)) folders.set(dir, realFolder(dir));
    wanted.set(join(folders.get(dir)!, basename(path)), path);
  }
  return wanted;
}

function realFolder(dir: string): string {
  try {
    return fromBytes(realpathSync.native(toPath(dir), 'buffer'));
  } catch {
    return dir;
  }
}

function entriesOf(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    // It has ended, or is another user's.
    return [];
  }
}

function targetOf(link: string): string {
  try {
    return fromBytes(readlinkSync(link, 'buffer'));
  } catch {
    return '';
  }
}

function isForWriting(info: string): boolean {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(info, 'latin1'));
    return flags !== null && (Number.parseInt(flags[1]!, 8) & ACCESS_MODE) !== 0;
  } catch {
    return false;
  }
}
