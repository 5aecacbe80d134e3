import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface EdgeProcess {
  readonly process: ChildProcess;
  /** What it logged. */
  output(): string;
  /** Sends the signal and resolves with the exit status once it has ended. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts the real program on the embedded bus and state, whose files `directory` holds. Resolves once it takes peers
 * at `port`; rejects with its output when it ends before.
 */
export async function startEdgeProcess(options: {
  directory: string;
  port: number;
  /** Instead of `main.ts`. */
  program?: URL;
  env?: Record<string, string>;
}): Promise<EdgeProcess> {
  const { directory, port, program = new URL('../src/main.ts', import.meta.url) } = options;
  const child = spawn(process.execPath, [fileURLToPath(program)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      BUS: 'embedded',
      BUS_PATH: busPath(directory),
      STATE: 'embedded',
      STATE_PATH: join(directory, 'edge.db'),
      GRPC_USE_TLS: 'false',
      GRPC_SERVER_ADDRESS: `127.0.0.1:${port}`,
      HOST: '127.0.0.1',
      HTTP_PORT: '0',
      DRAIN_TIMEOUT_SEC: '1',
      ...options.env,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    void closed.then((code) => reject(new Error(`the edge ended with ${code} at its start:\n${output}`)));
  });
  return {
    process: child,
    output: () => output,
    end(signal) {
      child.kill(signal);
      return closed;
    },
  };
}

/** The file of the bus that edges started with this directory share. */
export function busPath(directory: string): string {
  return join(directory, 'bus.db');
}
