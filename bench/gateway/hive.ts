import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { readCpuTicks, readMemory } from '../start/memory.ts';
import type { Contender } from './process.ts';

/** Not a dependency of ours: it brings 745 packages. */
const VERSION = '2.15.1';
const HOME = join(import.meta.dirname, '../../node_modules/.cache/hive-gateway');
const BINARY = join(HOME, 'node_modules/.bin/hive-gateway');
const START_DEADLINE_MS = 30_000;
/** Of the clock that /proc counts processor time with, on every Linux of today. */
const MS_PER_TICK = 10;

/** Starts Hive Gateway, installing it the first time; null when it cannot be had. */
export async function startHive(supergraph: string): Promise<Contender | null> {
  try {
    install();
  } catch {
    process.stderr.write('Hive Gateway cannot be installed here: its rows are left out\n');
    return null;
  }
  const port = await freePort();
  const args = [
    'supergraph',
    supergraph,
    '--port',
    String(port),
    '--host',
    '127.0.0.1',
    '--jit',
    '--fork',
    '1',
  ];
  const child = spawn(process.execPath, [BINARY, ...args], {
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    const ready = await fetch(`http://127.0.0.1:${port}/graphql?query={__typename}`).catch(() => null);
    if (ready?.ok) break;
    if (child.exitCode !== null || Date.now() > deadline) return null;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    port,
    child,
    async cost() {
      const pid = child.pid as number;
      return { cpuMs: readCpuTicks(pid) * MS_PER_TICK, bytes: readMemory(pid).rss * 1e6 };
    },
    stop: () => void child.kill(),
  };
}

function install(): void {
  if (existsSync(BINARY)) return;
  process.stderr.write(`installing Hive Gateway ${VERSION} into ${HOME}, once\n`);
  mkdirSync(HOME, { recursive: true });
  const overrides = {
    '@graphql-tools/delegate': '12.2.1',
    '@graphql-tools/wrap': '11.2.1',
    graphql: '16.15.0',
  };
  writeFileSync(join(HOME, 'package.json'), JSON.stringify({ private: true, overrides }));
  execFileSync('npm', ['install', '--ignore-scripts', `@graphql-hive/gateway@${VERSION}`], {
    cwd: HOME,
    stdio: 'ignore',
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
