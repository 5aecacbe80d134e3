import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Memory, readMemory } from './memory.ts';
import { printed } from './platform.ts';

/** Memory of a `node` that has run one line and waits. */
export async function measureBareNode(): Promise<Memory> {
  const child = run(['--eval', 'console.log("is up"); setInterval(() => {}, 1_000_000)']);
  return measured(child, () => readMemory(child.pid as number));
}

/** From the spawn to the line that says a bare Fastify server listens, in milliseconds. */
export async function measureBareFastify(): Promise<number> {
  const startedAt = performance.now();
  const child = run([join(import.meta.dirname, 'bare-fastify.ts')]);
  return measured(child, () => performance.now() - startedAt);
}

function run(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function measured<T>(child: ChildProcess, figure: () => T): Promise<T> {
  try {
    await printed(child, /is up/);
    return figure();
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  }
}
