import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { createGraphQLClient, type GraphQLTestClient } from './graphql-client.ts';
import { freeStackPorts, type StackPorts } from './stack-ports.ts';

export const ROOT = join(import.meta.dirname, '../../..');
const SAMPLES = join(ROOT, 'stack/sample');

export interface TestStack {
  readonly origin: string;
  readonly mediaDir: string;
  readonly dataDir: string;
  readonly ports: StackPorts;
  readonly client: GraphQLTestClient;
  /** Everything printed so far. */
  output(): string;
  /** The process id of one of the stack's processes, now. */
  pidOf(script: 'hub' | 'edge' | 'matchmaker' | 'peer'): number;
  /** Sends SIGINT and resolves with the exit status; state and films stay. */
  interrupt(): Promise<number | null>;
  /** Starts it again, on the same state, films and ports. */
  restart(): Promise<void>;
  /** Stops it and removes its folders. */
  dispose(): Promise<void>;
}

/** Runs `npm start`'s program on free ports, with folders of its own, and waits until it is ready. */
export async function startStack(
  options: { env?: Record<string, string>; arguments?: readonly string[]; waitUntilReady?: boolean } = {},
): Promise<TestStack> {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-stack-'));
  const mediaDir = join(directory, 'media');
  const dataDir = join(directory, 'data');
  cpSync(SAMPLES, mediaDir, { recursive: true });
  const ports = await freeStackPorts();
  const origin = `http://127.0.0.1:${ports.GATEWAY_PORT}`;
  const client = createGraphQLClient(origin);
  let running: ChildProcess | null = null;
  let printed = '';

  const run = async () => {
    const child = spawn(process.execPath, [join(ROOT, 'stack/src/main.ts'), ...(options.arguments ?? [])], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        HOME: directory,
        ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
        STACK_DATA_DIR: dataDir,
        MEDIA_DIRS: mediaDir,
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
    child.once('close', () => {
      running = null;
    });
    if (options.waitUntilReady ?? true)
      await waitUntilReady(
        origin,
        () => running !== null,
        () => printed,
      );
  };
  const interrupt = async () => {
    const child = running;
    if (!child) return null;
    const status = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
    child.kill('SIGINT');
    return status;
  };
  await run().catch(async (error) => {
    await client.close();
    await interrupt();
    rmSync(directory, { recursive: true, force: true });
    throw error;
  });
  return {
    origin,
    mediaDir,
    dataDir,
    ports,
    client,
    output: () => printed,
    pidOf: (name) => childPid(running?.pid, name),
    interrupt,
    restart: run,
    async dispose() {
      await client.close();
      await interrupt();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** `ready` where a gateway answers and lacks nothing, else what it says of itself. */
export async function readiness(origin: string): Promise<string> {
  const response = await fetch(`${origin}/ready`).catch(() => null);
  if (!response) return 'no answer';
  const { status, reason, unavailable } = (await response.json()) as {
    status: string;
    reason?: string;
    unavailable?: string[];
  };
  return reason ?? (unavailable ? `without ${unavailable.join(', ')}` : status);
}

const READY_WITHIN_MS = 45_000;

async function waitUntilReady(origin: string, isRunning: () => boolean, output: () => string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (Date.now() < deadline) {
    if (!isRunning()) throw new Error(`the stack ended while starting:\n${output()}`);
    if ((await readiness(origin)) === 'ready') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the stack was not ready after ${READY_WITHIN_MS} ms:\n${output()}`);
}

const SCRIPTS = {
  hub: 'stack/src/hub-main.ts',
  edge: 'edge/src/main.ts',
  matchmaker: 'matchmaker/src/main.ts',
  peer: 'peer/src/main.ts',
};

function childPid(parent: number | undefined, name: keyof typeof SCRIPTS): number {
  for (const entry of readdirSync('/proc').filter((item) => /^\d+$/.test(item))) {
    try {
      const parentPid = Number(readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
      if (parentPid === parent && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(SCRIPTS[name]))
        return Number(entry);
    } catch {
      // The process ended while it was looked at.
    }
  }
  throw new Error(`no ${name} process runs`);
}

/** Resolves once the sample films can be watched. */
export async function samplesShared(stack: TestStack): Promise<void> {
  await vi.waitFor(
    async () => {
      const { data } = await stack.client.request('BrowseTitles', { first: 10, filter: { available: true } });
      expect(data.titles.totalCount).toBeGreaterThanOrEqual(readdirSync(SAMPLES).length);
    },
    { timeout: 60_000, interval: 50 },
  );
}

/**
 * Writes a playable film whose bytes, and so whose catalog id, nobody had before: a sample with a `free` box
 * (ISO/IEC 14496-12) of so many random bytes at its end. It appears under its name at once, as a finished download does.
 */
export function writeNewFilm(path: string, extraBytes = 32): void {
  const header = Buffer.from('????free');
  header.writeUInt32BE(header.byteLength + extraBytes);
  const box = Buffer.concat([header, randomBytes(extraBytes)]);
  const temporary = `${path}.part`;
  writeFileSync(temporary, Buffer.concat([readFileSync(join(SAMPLES, 'Counting Seconds (2026).mp4')), box]));
  renameSync(temporary, path);
}
