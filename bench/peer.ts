import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHashPool } from '../peer/src/hashing/pool.ts';
import { openLibrary } from '../peer/src/library/library.ts';
import type { FileFacts } from '../peer/src/library/types.ts';
import { createWalker } from '../peer/src/scan/walker.ts';
import { type BenchRow, row } from './row.ts';
import { measureStreaming } from './streaming/streaming.ts';

const FILE_BYTES = 1_073_741_824;
const FILES = 20_000;
const ROUNDS = 3;

/**
 * Hashing (md5, sha1 and the pieces root in one read) beside the system's sums of the same data run on all cores at once,
 * re-scanning an unchanged library beside `find`, and streaming beside a bare data channel. Rounds alternate, and the best of each
 * counts.
 */
export default async function peer(): Promise<BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-peer-'));
  try {
    return [...(await hashing(dir)), await rescan(dir), ...(await measureStreaming())];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function hashing(dir: string): Promise<BenchRow[]> {
  const path = join(dir, 'film.mp4');
  const fd = openSync(path, 'w');
  const chunk = randomBytes(16 * 1_048_576);
  for (let at = 0; at < FILE_BYTES; at += chunk.length)
    writeSync(fd, chunk, 0, Math.min(chunk.length, FILE_BYTES - at));
  closeSync(fd);
  const cores = availableParallelism();
  const pool = createHashPool({
    algorithms: ['md5', 'sha1'],
    workers: Math.max(2, cores),
    maxBytesPerSecond: 0,
  });
  let ours = Number.POSITIVE_INFINITY;
  let coreutils = Number.POSITIVE_INFINITY;
  let openssl = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    ours = Math.min(ours, await seconds(() => pool.hash(path)));
    coreutils = Math.min(
      coreutils,
      await sums(['md5sum', 'sha1sum', 'sha256sum'].map((program) => [program, path])),
    );
    openssl = Math.min(
      openssl,
      await sums(['md5', 'sha1', 'sha256'].map((name) => ['openssl', 'dgst', `-${name}`, path])),
    );
  }
  await pool.stop();
  const rate = (time: number) => FILE_BYTES / 1e6 / time;
  return [
    row('hash a file: md5 + sha1 + pieces root', 'MB/s', rate(ours), {
      name: `coreutils md5+sha1+sha256, time / ${cores} cores`,
      value: rate(coreutils / cores),
    }),
    row('hash a file: md5 + sha1 + pieces root', 'MB/s', rate(ours), {
      name: `openssl md5+sha1+sha256, time / ${cores} cores`,
      value: rate(openssl / cores),
    }),
  ];
}

async function sums(commands: string[][]): Promise<number> {
  let total = 0;
  for (const [program, ...args] of commands)
    total += await seconds(async () => execFileSync(program!, args, { stdio: 'ignore' }));
  return total;
}

async function rescan(dir: string): Promise<BenchRow> {
  const root = join(dir, 'library');
  for (let i = 0; i < FILES; i += 1) {
    const folder = join(root, `shelf ${i % 40}`, `box ${i % 200}`);
    if (i < 200 * 40) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `film ${i}.mp4`), `film ${i}`);
  }
  const databasePath = join(dir, 'index.sqlite');
  const library = openLibrary(databasePath);
  const rules = { roots: [root], extensions: ['.mp4'], excludeDirs: [] };
  const walker = createWalker({ databasePath, rules });
  const targets = [{ dir: root, root, recursive: true }];
  let found = 0;
  await walker.walk(targets, (events) => {
    const files: FileFacts[] = [];
    for (const event of events) if (event.kind === 'found') files.push(event.file);
    found += files.length;
    library.record(files.map((file) => ({ file, state: 'pending' })));
  });
  if (found !== FILES) throw new Error(`${found} files found instead of ${FILES}`);

  let ours = Number.POSITIVE_INFINITY;
  let find = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    let changes = 0;
    const time = await seconds(() =>
      walker.walk(targets, (events) => {
        changes += events.filter(({ kind }) => kind !== 'directory').length;
      }),
    );
    if (changes > 0) throw new Error('an unchanged library was found changed');
    ours = Math.min(ours, time);
    const args = [root, '-name', '*.mp4', '-printf', '%s %T@ %p\n'];
    find = Math.min(
      find,
      await seconds(async () => execFileSync('find', args, { stdio: 'pipe', maxBuffer: 1e9 })),
    );
  }
  await walker.stop();
  library.close();
  return row(`re-scan ${FILES} unchanged files`, 'files/s', FILES / ours, {
    name: "find -printf '%s %T@ %p'",
    value: FILES / find,
  });
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1_000;
}
