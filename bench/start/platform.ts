import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freeStackPorts, type StackPorts } from '@giggityflix/testing/processes';
import { readCpuTicks } from './memory.ts';

const ROOT = join(import.meta.dirname, '../..');
const SAMPLES = join(ROOT, 'stack/sample');

/** The processes of `npm start`; `main` starts the others. */
export const PROCESSES = ['main', 'hub', 'edge', 'matchmaker', 'peer'] as const;
export type ProcessName = (typeof PROCESSES)[number];

/** What the command line of each child holds. */
const SCRIPTS: Record<Exclude<ProcessName, 'main'>, string> = {
  hub: 'stack/src/hub-main.ts',
  edge: 'edge/src/main.ts',
  matchmaker: 'matchmaker/src/main.ts',
  peer: 'peer/src/main.ts',
};

const UP_WITHIN_MS = 60_000;
const IDLE_WITHIN_MS = 60_000;
/**
 * Long enough for what processes do once they have nothing else to do: threads end, the garbage of the start is collected.
 */
const IDLE_WINDOW_MS = 6_000;
/** Together, in that time: what the pollers of five idle processes take is below it. */
const IDLE_CPU_TICKS = 18;

export interface Platform {
  ports: StackPorts;
  /** The folder the sample peer shares. */
  mediaDir: string;
  /** From the spawn to the line that says the platform is up, in milliseconds. */
  readyMs: number;
  pids: Readonly<Record<ProcessName, number>>;
  /** Resolves once the sample films are described and available, and no process works any more. */
  idle(): Promise<void>;
  /** Ends it and removes its folders. */
  stop(): Promise<void>;
}

/** Runs the program of `npm start` with fresh state on free loopback ports, and waits until it is up. */
export async function startPlatform(env: Record<string, string> = {}): Promise<Platform> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-start-'));
  const mediaDir = join(directory, 'media');
  cpSync(SAMPLES, mediaDir, { recursive: true });
  const ports = await freeStackPorts();
  const startedAt = performance.now();
  const main = spawn('sh', ['-c', await startCommand()], {
    cwd: ROOT,
    env: {
      PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`,
      HOME: directory,
      ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
      STACK_DATA_DIR: join(directory, 'data'),
      MEDIA_DIRS: mediaDir,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const endWithUs = () => void main.kill('SIGTERM');
  process.once('exit', endWithUs);
  const stop = async () => {
    process.off('exit', endWithUs);
    if (main.exitCode === null && main.signalCode === null) {
      main.kill('SIGINT');
      await once(main, 'close');
    }
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await printed(main, /is up after/);
    const readyMs = performance.now() - startedAt;
    const pids = { main: main.pid as number, ...childPids(main.pid as number) };
    return {
      ports,
      mediaDir,
      readyMs,
      pids,
      async idle() {
        await samplesDescribed(ports.GATEWAY_PORT);
        await noWork(Object.values(pids));
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What npm runs for `npm start`; it replaces its shell. */
async function startCommand(): Promise<string> {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  return scripts.start;
}

/** Resolves once the process has printed what matches; rejects with its output when it ends or takes too long. */
export async function printed(child: ChildProcess, pattern: RegExp): Promise<void> {
  let output = '';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const collect = (chunk: Buffer) => {
    output = `${output}${chunk}`.slice(-20_000);
    if (pattern.test(output)) resolve();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  child.once('close', (status) =>
    reject(new Error(`ended with status ${status} while starting:\n${output}`)),
  );
  const timer = setTimeout(
    () => reject(new Error(`not up after ${UP_WITHIN_MS} ms:\n${output}`)),
    UP_WITHIN_MS,
  );
  await promise.finally(() => clearTimeout(timer));
}

function childPids(parent: number): Record<keyof typeof SCRIPTS, number> {
  const found: Partial<Record<keyof typeof SCRIPTS, number>> = {};
  for (const entry of readdirSync('/proc').filter((item) => /^\d+$/.test(item))) {
    try {
      const parentPid = Number(readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
      if (parentPid !== parent) continue;
      const commandLine = readFileSync(`/proc/${entry}/cmdline`, 'utf8');
      for (const [name, script] of Object.entries(SCRIPTS))
        if (commandLine.includes(script)) found[name as keyof typeof SCRIPTS] = Number(entry);
    } catch {
      // The process ended while it was looked at.
    }
  }
  for (const name of Object.keys(SCRIPTS)) if (!(name in found)) throw new Error(`no ${name} process runs`);
  return found as Record<keyof typeof SCRIPTS, number>;
}

async function samplesDescribed(gatewayPort: number): Promise<void> {
  const query =
    '{ titles(first: 10, filter: { available: true }) { edges { node { files { durationSeconds } } } } }';
  const wanted = readdirSync(SAMPLES).length;
  const deadline = Date.now() + IDLE_WITHIN_MS;
  while (Date.now() < deadline) {
    const response = await fetch(`http://127.0.0.1:${gatewayPort}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const { data } = (await response.json()) as { data?: Described };
    const files = data?.titles.edges.flatMap(({ node }) => node.files) ?? [];
    if (files.filter((file) => file.durationSeconds !== null).length >= wanted) return;
    await sleep(100);
  }
  throw new Error(`the sample films are not described after ${IDLE_WITHIN_MS} ms`);
}

interface Described {
  titles: { edges: { node: { files: { durationSeconds: number | null }[] } }[] };
}

/** Resolves when the processes took next to no CPU time for a while. */
async function noWork(pids: readonly number[]): Promise<void> {
  const deadline = Date.now() + IDLE_WITHIN_MS;
  const total = () => pids.reduce((sum, pid) => sum + readCpuTicks(pid), 0);
  for (let before = total(); Date.now() < deadline; ) {
    await sleep(IDLE_WINDOW_MS);
    const now = total();
    if (now - before <= IDLE_CPU_TICKS) return;
    before = now;
  }
  throw new Error(`the processes still work after ${IDLE_WITHIN_MS} ms`);
}
