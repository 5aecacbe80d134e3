import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '@giggityflix/testing';

export interface Finished {
  code: number | null;
  out: string;
  err: string;
}

/** Runs a command of `scripts/` with exactly these variables, and `PATH`. */
export function runCommand(
  script: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, 'scripts', script), ...args], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.once('close', (code) => resolve({ code, out, err }));
  });
}
