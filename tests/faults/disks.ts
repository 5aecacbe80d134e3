import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { atExit } from './at-exit.ts';

const run = promisify(execFile);

/** Who keeps what on a disk that can be filled without filling the machine's: a process, and its folder below its own. */
export const SMALL_DISKS = [
  { name: 'peer-1', folder: 'data' },
  { name: 'peer-2', folder: 'data' },
  { name: 'redis-1', folder: '' },
  { name: 'redis-2', folder: '' },
  { name: 'redis-3', folder: '' },
];
const SIZE = '96m';

export interface Disks {
  release(): Promise<void>;
}

export function diskOf(directory: string, name: string): string {
  const disk = SMALL_DISKS.find((one) => one.name === name);
  if (!disk) throw new Error(`${name} has no disk of its own`);
  return join(directory, disk.name, disk.folder);
}

/** Gives some processes small disks of their own, where root makes them; the fault that fills them is skipped otherwise. */
export async function prepareDisks(directory: string): Promise<Disks> {
  const mounted: string[] = [];
  const undo = () => {
    for (const path of mounted.splice(0)) execFileSync('umount', ['--lazy', path], { stdio: 'ignore' });
  };
  const done = atExit(undo);
  const release = async () => {
    done();
    undo();
  };
  if (process.getuid?.() !== 0) return { release };
  for (const { name } of SMALL_DISKS) {
    const path = diskOf(directory, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0700`, 'giggityflix-faults', path]);
      mounted.push(path);
    } catch {
      // Not allowed here: the folder is on the machine's disk.
    }
  }
  return { release };
}
