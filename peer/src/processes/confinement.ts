import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programEnvironment } from '../environment.ts';
import type { ProcessLimits } from './limits.ts';

/** Room for a complaint a program writes to a file of its own; films leave through a pipe. */
const FILE_BYTES = 1_048_576;
const OPEN_FILES = 64;
const TRY_MS = 10_000;

/** What the system offers to confine a program with, as commands that become the program. */
interface Confinement {
  limit: (limits: ProcessLimits) => string[];
  /** Without network, then without the means to gain rights. */
  confine: string[];
}

/** Constant: the limits and the command are its arguments. */
const ULIMIT = 'ulimit -c 0; ulimit -t "$1"; ulimit -v "$2" 2>/dev/null; shift 2; exec "$@"';

const withPrlimit: Confinement['limit'] = ({ memoryBytes, cpuSeconds }) => [
  ...['prlimit', `--as=${memoryBytes}`, `--cpu=${cpuSeconds}`, '--core=0'],
  ...[`--fsize=${FILE_BYTES}`, `--nofile=${OPEN_FILES}`, '--'],
];
const withUlimit: Confinement['limit'] = ({ memoryBytes, cpuSeconds }) => [
  ...['sh', '-c', ULIMIT, 'sh', String(cpuSeconds), String(Math.floor(memoryBytes / 1_024))],
];

/** Root keeps the right to read its users' films; others have no rights to lose, but those of their own namespace. */
const isRoot = process.getuid?.() === 0;
const NO_NETWORK = isRoot
  ? ['unshare', '--net', '--']
  : ['unshare', '--user', '--map-root-user', '--net', '--'];
const NO_RIGHTS = [
  ...['setpriv', '--no-new-privs', '--inh-caps=-all'],
  `--bounding-set=-all${isRoot ? ',+dac_read_search' : ''}`,
];
const NO_NEW_RIGHTS = ['setpriv', '--no-new-privs'];
const ENDS_WITH_PARENT = ['--pdeathsig', 'KILL', '--'];

let found: Promise<Confinement> | null = null;

/** Tries once what this system offers. */
export function findConfinement(): Promise<Confinement> {
  found ??= look();
  return found;
}

async function look(): Promise<Confinement> {
  if (process.platform === 'win32') return { limit: () => [], confine: [] };
  const sample: ProcessLimits = { wallMs: 0, cpuSeconds: 10, memoryBytes: 1_024 ** 3, outputBytes: 0 };
  const works = (prefix: string[]) => runs([...prefix, 'true']);
  const limit = (await works(withPrlimit(sample))) ? withPrlimit : withUlimit;
  let confine: string[] = [];
  if (await works(NO_NETWORK)) confine = NO_NETWORK;
  for (const rights of [NO_RIGHTS, NO_NEW_RIGHTS]) {
    const command = [...confine, ...rights, ...ENDS_WITH_PARENT];
    if (!(await works(command))) continue;
    confine = command;
    break;
  }
  return { limit, confine };
}

function runs([program = '', ...args]: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', timeout: TRY_MS, env: programEnvironment() });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}

let folder: string | null = null;

/** An empty folder to run in, so that a relative name leads nowhere. */
export function emptyFolder(): string {
  if (folder !== null && existsSync(folder)) return folder;
  const made = mkdtempSync(join(tmpdir(), 'giggityflix-peer-'));
  if (folder === null)
    process.once('exit', () => {
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    });
  folder = made;
  return made;
}
