import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');

/** One of our processes, run from its `main.ts` as an operator would. */
export interface NodeProcess {
  readonly pid: number;
  output(): string;
  /** Sends the signal and resolves with the exit status once the process is gone. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Runs a script of the repository, or of another checkout at `root`, with exactly these variables (and `PATH`). */
export function runScript(
  script: string,
  env: Record<string, string>,
  args: readonly string[] = [],
  root: string = ROOT,
): NodeProcess {
  const child: ChildProcess = spawn(process.execPath, [resolve(root, script), ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (printed += chunk));
  const closed = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return {
    pid: child.pid as number,
    output: () => printed,
    end(signal = 'SIGTERM') {
      child.kill(signal);
      return closed;
    },
  };
}
