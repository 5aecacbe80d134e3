import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server process that ends with this one, however this one ends. */
export interface GuardedProcess {
  /** Ends the server and resolves once it is gone. */
  stop(): Promise<void>;
  /** Kills the server as a crash would (SIGKILL) and resolves once it is gone. */
  kill(): Promise<void>;
  /** What it wrote so far, the last 20,000 characters. */
  output(): string;
  exited(): boolean;
}

/**
 * The shell waits on a pipe to us: when we stop, or die by whatever signal, the pipe closes and it ends the
 * server. What ignores SIGTERM for three seconds is killed.
 */
const GUARD = `"$@" 3<&- & server=$!
(
  while read -r word; do [ "$word" = KILL ] && kill -KILL $server; done
  kill -TERM $server; sleep 3; kill -KILL $server
) <&3 3<&- >/dev/null 2>&1 &
waiter=$!
wait $server; status=$?
kill $waiter 2>/dev/null
exit $status`;

const MAX_OUTPUT = 20_000;

export function spawnGuarded(
  command: string,
  args: readonly string[],
  options: { cwd?: string; uid?: number; gid?: number; env?: NodeJS.ProcessEnv } = {},
): GuardedProcess {
  const child: ChildProcess = spawn('sh', ['-c', GUARD, 'guard', command, ...args], {
    cwd: options.cwd,
    uid: options.uid,
    gid: options.gid,
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // An interrupt at the terminal is for us; the server ends when we do.
    detached: true,
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-MAX_OUTPUT);
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const pipe = child.stdio[3] as NodeJS.WritableStream;
  pipe.on('error', () => {});
  const gone = once(child, 'exit').catch(() => {});
  return {
    async stop() {
      pipe.end();
      await gone;
    },
    async kill() {
      pipe.write('KILL\n');
      await gone;
    },
    output: () => output,
    exited: () => child.exitCode !== null || child.signalCode !== null,
  };
}

/** Waits until `probe` resolves; fails early, with the server's output, when the server has exited. */
export async function untilServing(
  what: string,
  server: GuardedProcess,
  probe: () => Promise<unknown>,
  timeoutMs = 30_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      await probe();
      return;
    } catch (error) {
      if (server.exited()) throw new Error(`${what} exited at its start:\n${server.output()}`);
      if (Date.now() > deadline) {
        await server.stop();
        throw new Error(`${what} does not serve (${error}):\n${server.output()}`);
      }
      await sleep(25);
    }
  }
}

/** A server that a test takes away and brings back. */
export interface Restartable {
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again at the port it had. */
  restart(): Promise<void>;
  /** Ends it for good, with its folder. */
  stop(): Promise<void>;
}

/** Starts a server that works in `directory`; `start` resolves once it serves. */
export async function startRestartable(
  directory: string,
  start: () => Promise<GuardedProcess>,
): Promise<Restartable> {
  let server = await start();
  return {
    kill: () => server.kill(),
    async restart() {
      await server.stop();
      server = await start();
    },
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
