import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A claim without an owner after so long is of a process that ended while it wrote it. */
const WRITTEN_MS = 10_000;

/** One file for each port, with the id of the process that has claimed it. A user may be a number that no list of users has. */
const folder = join(tmpdir(), `giggityflix-ports-${process.geteuid?.() ?? -1}`);
const claimed = new Set<number>();
let isPrepared = false;

/** Whether this process has the port from now on; false where it, or another one that runs, has it already. */
export function claimPort(port: number): boolean {
  if (claimed.has(port)) return false;
  prepare();
  const isClaimed = write(port) || (removeLeft(port) && write(port));
  if (isClaimed) claimed.add(port);
  return isClaimed;
}

/** Gives a port up that this process has claimed. */
export function releasePort(port: number): void {
  if (claimed.delete(port)) rmSync(pathOf(port), { force: true });
}

const pathOf = (port: number) => join(folder, String(port));

function prepare(): void {
  if (isPrepared) return;
  isPrepared = true;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  process.once('exit', () => {
    for (const port of claimed) releasePort(port);
  });
}

function write(port: number): boolean {
  try {
    writeFileSync(pathOf(port), String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Removes a claim whose process has ended; whether there is none any more. */
function removeLeft(port: number): boolean {
  const path = pathOf(port);
  try {
    const owner = readFileSync(path, 'utf8');
    if (owner === '' ? Date.now() - statSync(path).mtimeMs < WRITTEN_MS : isRunning(Number(owner)))
      return false;
    // Another process may do the same, and have claimed it anew by now: that one's claim is put back.
    const aside = `${path}.${process.pid}`;
    renameSync(path, aside);
    const isSame = readFileSync(aside, 'utf8') === owner;
    if (!isSame) linkSync(aside, path);
    rmSync(aside);
    return isSame;
  } catch (error) {
    return isCode(error, 'ENOENT');
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isCode(error, 'ESRCH');
  }
}

const isCode = (error: unknown, code: string) => (error as NodeJS.ErrnoException).code === code;
