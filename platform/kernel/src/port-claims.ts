import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** One file for each port, with the id of the process that has claimed it. */
const folder = join(tmpdir(), `giggityflix-ports-${userInfo().uid}`);
const claimed = new Set<number>();

/** Whether this process has the port from now on; false where it, or another one that runs, has it already. */
export function claimPort(port: number): boolean {
  if (claimed.has(port)) return false;
  if (claimed.size === 0) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    process.once('exit', () => {
      for (const each of claimed) rmSync(pathOf(each), { force: true });
    });
  }
  const isClaimed = write(port) || (isLeft(port) && write(port));
  if (isClaimed) claimed.add(port);
  return isClaimed;
}

const pathOf = (port: number) => join(folder, String(port));

function write(port: number): boolean {
  try {
    writeFileSync(pathOf(port), String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether the process that had claimed it has ended; its claim is gone then. */
function isLeft(port: number): boolean {
  try {
    const owner = Number(readFileSync(pathOf(port), 'utf8'));
    // Empty for the moment in which it is written.
    if (!Number.isInteger(owner) || owner <= 0) return false;
    process.kill(owner, 0);
    return false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'ENOENT') return false;
    rmSync(pathOf(port), { force: true });
    return true;
  }
}
