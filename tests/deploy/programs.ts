import { type SpawnOptions, spawn } from 'node:child_process';
import { expect } from 'vitest';

/** Over the image of Node.js. */
export const LARGEST_BYTES = 350 * 1024 * 1024;

/** The one that brings a database up to date, and is done when it ends; the others go on. */
const ENDS = 'prisma/src/migrate/main.ts';

/** The programs of each target of the Dockerfile. */
export const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  services: [
    ...['gateway', 'edge', 'matchmaker'].map((name) => `${name}/src/main.ts`),
    ...['catalog', 'tracker', 'viewing', 'identity'].map((name) => `subgraphs/${name}/src/main.ts`),
    ENDS,
  ],
  peer: ['peer/src/main.ts'],
};

export interface Launch extends Pick<SpawnOptions, 'cwd' | 'uid' | 'gid'> {
  command: string;
  args: readonly string[];
  /** All of its environment: nothing of that of the test is added. */
  env: Record<string, string>;
}

/**
 * Runs a program until it says that it has started, does `once`, and ends it; ENDS runs until it does.
 * Fails with what it printed when it ends otherwise.
 */
export async function start(
  program: string,
  { command, args, ...options }: Launch,
  once: () => Promise<void> = async () => {},
): Promise<void> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve).once('error', reject);
  });
  const started = new Promise<true>((resolve) => child.once('message', () => resolve(true)));
  try {
    const first = await Promise.race([started, ended]);
    if (first !== (program === ENDS ? 0 : true)) expect.fail(`${program} ended with ${first}:\n${output}`);
    if (first === true)
      await once().catch((cause) => {
        throw new Error(`${program} started, and then:\n${output}`, { cause });
      });
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}
