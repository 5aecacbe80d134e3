import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** What a process has used so far. */
export interface Cost {
  cpuMs: number;
  bytes: number;
}

export interface Contender {
  readonly port: number;
  readonly child: ChildProcess;
  cost(): Promise<Cost>;
  stop(): void;
}

/** Starts one of the scripts beside this file and waits until it listens. */
export async function start(script: string, args: readonly string[] = []): Promise<Contender> {
  const child = fork(join(import.meta.dirname, script), [...args], {
    execArgv: ['--expose-gc', '--no-warnings'],
    env: { ...process.env, NODE_ENV: 'production', APOLLO_TELEMETRY_DISABLED: '1' },
  });
  const { port } = await message<{ port: number }>(child, 'listening');
  return {
    port,
    child,
    cost() {
      const answered = message<Cost>(child, 'cost');
      child.send('cost');
      return answered;
    },
    stop: () => void child.kill(),
  };
}

/** The next message of a type; rejects when the process ends before it. */
export function message<T>(child: ChildProcess, type: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onMessage = (received: unknown) => {
      if ((received as { type?: string }).type !== type) return;
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(received as T);
    };
    const onExit = () => reject(new Error(`the process ended before it sent "${type}"`));
    child.on('message', onMessage);
    child.once('exit', onExit);
  });
}
