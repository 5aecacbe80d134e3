import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { constants as os, setPriority } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { programEnvironment } from '../environment.ts';
import { emptyFolder, findConfinement } from './confinement.ts';
import type { ProcessLimits } from './limits.ts';

export interface ProgramCommand {
  /** Where it is, or a name that `PATH` has. */
  path: string;
  args: readonly string[];
  limits: ProcessLimits;
  /** An open file it inherits as descriptor 3. */
  fd?: number;
  /** Text for its standard input, which is empty without. */
  stdin?: string;
  /** Whether it runs only when nothing else wants to. */
  yields?: boolean;
}

/** How a program ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The limit for which it was killed. */
  exceeded: 'time' | 'output' | null;
}

export interface Program {
  stdout: Readable;
  stderr: Readable;
  pid: number;
  /** When it has ended; its output may have yet to be read. */
  exited: Promise<void>;
  /** When it and all it started have ended and their output was read. */
  ended: Promise<Ending>;
  hasEnded(): boolean;
  /** Sends a signal to it and to what it has started. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** There is no such program, or it cannot be started. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly isMissing: boolean;

  constructor(message: string, isMissing = false) {
    super(message);
    this.isMissing = isMissing;
  }
}

const running = new Set<Program>();
let isWatchingExit = false;

/**
 * Starts a program that reads what strangers made: the only way a peer starts one. It has hard limits, its own process
 * group, an empty folder and environment, and as few rights as the system lets it be given.
 *
 * @throws ProgramError
 */
export async function startProgram(command: ProgramCommand): Promise<Program> {
  const { limit, confine } = await findConfinement();
  const [first = '', ...args] = [
    ...limit(command.limits),
    ...confine,
    findProgram(command.path),
    ...command.args,
  ];
  let child: ChildProcess;
  try {
    child = spawn(first, args, {
      cwd: emptyFolder(),
      env: programEnvironment(),
      // A group of its own, which ends as one.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: [
        command.stdin === undefined ? 'ignore' : 'pipe',
        'pipe',
        'pipe',
        ...(command.fd === undefined ? [] : [command.fd]),
      ],
    });
  } catch (error) {
    throw new ProgramError((error as Error).message);
  }
  await started(child);
  if (command.yields) yieldToOtherPrograms(child.pid!);
  // It may end before it has read everything.
  child.stdin?.on('error', () => {});
  child.stdin?.end(command.stdin);
  return watch(child, command.limits);
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new ProgramError(error.message)));
  });
}

function watch(child: ChildProcess, limits: ProcessLimits): Program {
  const pid = child.pid!;
  const stdout = child.stdout!;
  let exceeded: Ending['exceeded'] = null;
  let bytes = 0;
  let ended = false;
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (process.platform === 'win32') child.kill(signal);
      else process.kill(-pid, signal);
    } catch {
      // All of the group have ended.
    }
  };
  const exceed = (limit: 'time' | 'output') => {
    exceeded ??= limit;
    kill('SIGKILL');
  };
  const timer = setTimeout(() => exceed('time'), limits.wallMs);
  timer.unref();
  // Counts what passes without making it flow.
  const push = stdout.push.bind(stdout);
  stdout.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    bytes += chunk?.byteLength ?? 0;
    if (bytes > limits.outputBytes) exceed('output');
    return push(chunk, encoding);
  };
  const program: Program = {
    stdout,
    stderr: child.stderr!,
    pid,
    exited: new Promise((resolve) => child.once('exit', () => resolve())),
    ended: new Promise((resolve) => {
      // What it started does not outlive it.
      child.on('exit', () => kill('SIGKILL'));
      child.on('close', (code, signal) => {
        clearTimeout(timer);
        running.delete(program);
        ended = true;
        resolve({ code, signal, exceeded });
      });
    }),
    hasEnded: () => ended,
    kill(signal) {
      if (!ended) kill(signal);
    },
  };
  child.on('error', () => {});
  running.add(program);
  endWithThisProcess();
  return program;
}

/** Where the system has no other means, programs end with this process. */
function endWithThisProcess(): void {
  if (isWatchingExit) return;
  isWatchingExit = true;
  process.once('exit', () => {
    for (const program of running) program.kill('SIGKILL');
  });
}

function yieldToOtherPrograms(pid: number): void {
  try {
    setPriority(pid, os.priority.PRIORITY_LOW);
  } catch {
    // It has ended already.
  }
}

/** @throws ProgramError where there is none */
function findProgram(path: string): string {
  const isName = !/[\\/]/.test(path);
  const places = isName
    ? (programEnvironment().PATH ?? '').split(delimiter).map((dir) => join(dir, path))
    : [path];
  for (const place of places) {
    for (const suffix of process.platform === 'win32' ? ['', '.exe'] : ['']) {
      try {
        const full = isAbsolute(place) ? place + suffix : resolve(place + suffix);
        accessSync(full, constants.X_OK);
        return full;
      } catch {
        // The next one.
      }
    }
  }
  throw new ProgramError(`there is no program ${path}`, true);
}
