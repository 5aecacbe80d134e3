import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { hashFile } from './hashing/hash-file.ts';
import { openLibrary } from './library/library.ts';
import { startFakeEdge } from './testing/fake-edge.ts';
import { temporaryDir, testEnvironment } from './testing/harness.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const KILLS = Number(process.env.PEER_TEST_KILLS ?? 4);
const FILES = 300;

const idOf = (path: string) => Buffer.from(hashFile({ path, algorithms: [] }).root).toString('hex');

function contentsOf(dir: string): Set<string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return new Set(names.filter((name) => name.endsWith('.mp4')).map((name) => idOf(join(dir, name))));
}

it('killed at random moments, opens its index again and announces nothing that is not there', async () => {
  const dir = temporaryDir();
  const edge = await startFakeEdge();
  onTestFinished(() => edge.stop());
  const env = testEnvironment(dir, { EDGE_GRPC_ADDRESS: edge.address });
  const media = join(dir, 'media');
  let written = 0;
  const write = () => {
    const folder = join(media, `shelf ${written % 7}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${written}.mp4`), `film ${written}`.repeat(1 + (written % 3_000)));
    written += 1;
  };
  const change = () => {
    const shelves = readdirSync(media);
    const shelf = join(media, shelves[randomInt(shelves.length)]!);
    const [first, second] = readdirSync(shelf);
    if (first) rmSync(join(shelf, first));
    if (second) renameSync(join(shelf, second), join(shelf, `moved ${second}`));
    write();
  };
  while (written < FILES) write();

  let daemon: ChildProcess | null = null;
  onTestFinished(() => void daemon?.kill('SIGKILL'));
  for (let round = 0; round < KILLS; round += 1) {
    daemon = spawn(process.execPath, [MAIN], { env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' });
    const killed = new Promise((resolve) => daemon!.once('exit', resolve));
    const connections = edge.connections;
    await expect.poll(() => edge.connections, { timeout: 20_000 }).toBe(connections + 1);
    // From before the first scan ends to well into hashing.
    const until = performance.now() + randomInt(0, 900);
    while (performance.now() < until) {
      change();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    daemon.kill('SIGKILL');
    await killed;
    const library = openLibrary(join(dir, 'data/index.sqlite'));
    expect(library.database.pragma('integrity_check', { simple: true })).toBe('ok');
    library.close();
    for (let i = 0; i < 3; i += 1) change();
  }

  const expected = contentsOf(media);
  const before = edge.received.length;
  daemon = spawn(process.execPath, [MAIN], { env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' });
  const exited = new Promise((resolve) => daemon!.once('exit', resolve));
  await expect.poll(() => edge.shared()?.size, { timeout: 30_000 }).toBe(expected.size);
  expect(edge.shared()).toEqual(expected);
  for (const { message } of edge.received.slice(before))
    if (message.$case === 'catalogUpdate')
      for (const id of message.value.catalogIds) expect(expected).toContain(id.toString('hex'));
  const described = new Set(edge.of('mediaDescription').map(({ catalogId }) => catalogId.toString('hex')));
  await expect.poll(() => [...expected].filter((id) => !described.has(id))).toEqual([]);
  daemon.kill('SIGTERM');
  expect(await exited).toBe(0);
  expect(existsSync(join(dir, 'data/control.sock'))).toBe(false);
}, 90_000);
