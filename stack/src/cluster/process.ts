import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '@giggityflix/kernel/programs';
import type { ProcessKind } from './topology.schema.ts';

/** What to run, and how it is known to serve. */
export interface Launch {
  readonly name: string;
  readonly kind: ProcessKind;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly logPath: string;
  /** Another user than ours, for what refuses root. */
  readonly user?: string;
  /** By which it finishes and goes. */
  readonly stopSignal?: NodeJS.Signals;
  /** Whether it would serve now; rejects or is false while not. */
  probe(): Promise<boolean>;
  /** Of an engine, before its first start in a folder. */
  prepare?(): Promise<void>;
}

export interface ClusterProcess {
  readonly name: string;
  readonly kind: ProcessKind;
  readonly pid: number | null;
  readonly isRunning: boolean;
  readonly logPath: string;
  /** Sends a signal, SIGTERM unless another one is named, and resolves once the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Stops it as it is (SIGSTOP), with what it started. */
  pause(): void;
  resume(): void;
  /** Runs it, with some variables more, and resolves once it is ready; at once where it runs already. */
  start(environment?: Readonly<Record<string, string>>): Promise<void>;
  ready(): Promise<boolean>;
}

const READY_WITHIN_MS = 180_000;
const PROBE_INTERVAL_MS = 100;
/** Of what was asked to end: above the deadlines that our own processes have. */
const END_WITHIN_MS = 20_000;
const TAIL_BYTES = 2_000;

/** One process that writes its log to a file; it ends when this one does, however this one ends. */
export function createClusterProcess(
  launch: Launch,
  events: { exited?(process: ClusterProcess, cause: string): void },
): ClusterProcess {
  let child: ChildProcess | null = null;
  let gone: Promise<string> = Promise.resolve('');

  const run = (environment: Readonly<Record<string, string>>) => {
    const log = openSync(launch.logPath, 'a', 0o600);
    const [command, ...rest] = guarded(launch);
    // A group of its own: Ctrl-C reaches the runner alone, which stops the others in order.
    const running = spawn(command!, rest, {
      cwd: launch.folder,
      env: { ...launch.environment, ...environment },
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    child = running;
    gone = new Promise((resolve) => {
      running.once('error', (error) => resolve(error.message));
      running.once('exit', (code, signal) =>
        resolve(signal ? `was ended by ${signal}` : `exited with status ${code}`),
      );
    });
    void gone.then((cause) => {
      signalGroup(running, 'SIGKILL');
      if (child === running) child = null;
      events.exited?.(self, cause);
    });
  };

  const self: ClusterProcess = {
    name: launch.name,
    kind: launch.kind,
    logPath: launch.logPath,
    get pid() {
      return child?.pid ?? null;
    },
    get isRunning() {
      return child !== null;
    },
    async kill(signal = launch.stopSignal ?? 'SIGTERM') {
      const running = child;
      if (!running) return;
      running.kill(signal);
      // A paused one hears of nothing else before it runs again.
      if (signal !== 'SIGKILL') signalGroup(running, 'SIGCONT');
      const deadline = setTimeout(() => running.kill('SIGKILL'), END_WITHIN_MS);
      await gone;
      clearTimeout(deadline);
    },
    pause() {
      if (child) signalGroup(child, 'SIGSTOP');
    },
    resume() {
      if (child) signalGroup(child, 'SIGCONT');
    },
    async start(environment = {}) {
      if (!child) {
        await launch.prepare?.();
        run(environment);
      }
      const running = child;
      const deadline = Date.now() + READY_WITHIN_MS;
      while (!(await self.ready())) {
        if (child !== running) throw new Error(failure(launch, await gone));
        if (Date.now() > deadline) throw new Error(failure(launch, 'is not ready'));
        await sleep(PROBE_INTERVAL_MS);
      }
    },
    async ready() {
      return child !== null && (await launch.probe().catch(() => false));
    },
  };
  return self;
}

/** By the kernel's word to the process: where the runner was killed nobody is left to end it. */
function guarded({ command, arguments: given, user }: Launch): string[] {
  const setpriv = findProgram('setpriv');
  if (!setpriv) return [command, ...given];
  const identity = user ? ['--reuid', user, '--regid', user, '--init-groups'] : [];
  return [setpriv, ...identity, '--pdeathsig', 'KILL', command, ...given];
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid) process.kill(-pid, signal);
  } catch {
    // The group is gone.
  }
}

function failure({ name, logPath }: Launch, cause: string): string {
  return `${name} ${cause}; the end of ${logPath}:\n${tail(logPath)}`;
}

function tail(path: string): string {
  try {
    const from = Math.max(0, statSync(path).size - TAIL_BYTES);
    return readFileSync(path).subarray(from).toString();
  } catch {
    return '';
  }
}
