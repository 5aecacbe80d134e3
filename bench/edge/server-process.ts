import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { BusKind, ServerKind, Usage } from './server.ts';

export interface ServerProcess {
  port: number;
  pid: number;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** Starts `server.ts` as a process of its own, so that its figures are not those of the load. */
export async function startServer(
  kind: ServerKind,
  bus: BusKind = 'none',
  busPath = '',
): Promise<ServerProcess> {
  const program = new URL('server.ts', import.meta.url).pathname;
  const child: ChildProcess = spawn(process.execPath, ['--expose-gc', program, kind, bus, busPath], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    port,
    pid: child.pid as number,
    async usage() {
      child.send({});
      const [usage] = (await once(child, 'message')) as [Usage];
      return usage;
    },
    async stop() {
      // It exits by itself, so that a profiler can write what it found.
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
