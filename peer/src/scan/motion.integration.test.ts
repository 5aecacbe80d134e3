import {
  appendFileSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startFakeEdge } from '../../testing/fake-edge.ts';
import { startPeer, temporaryDir, testConfig } from '../../testing/harness.ts';
import { askDaemon } from '../control/client.ts';
import { hashFile } from '../hashing/hash-file.ts';

/** Runs with the seed, and changes between two times of quiet. */
const SEEDS = [15, 2_026];
const ROUNDS = 3;
const CHANGES = 10;
/** What a busy machine may take until nothing moves any more. */
const QUIET_WITHIN_MS = 30_000;

const FOLDERS = ['one', 'one/deep', 'two', 'other'] as const;

const change = fc.record({
  kind: fc.constantFrom(
    'create',
    'write in parts',
    'finish download',
    'copy',
    'link',
    'rename',
    'move',
    'change case',
    'replace in place',
    'replace at once',
    'grow',
    'remove',
    'rename folder',
  ),
  which: fc.nat(1_000),
  folder: fc.constantFrom(...FOLDERS),
  name: fc.constantFrom('a.mp4', 'B.mkv', 'Ünï.ts', 'c d.webm', 'e.MP4'),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Media folders with files that come, go and change. */
function createDisk(root: string) {
  let written = 0;
  let count = 0;
  for (const folder of FOLDERS) mkdirSync(join(root, folder), { recursive: true });
  const bytes = () => {
    count += 1;
    const content = Buffer.from(`content ${count} `.repeat(10 + count));
    written += content.byteLength;
    return content;
  };
  const files = () =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(mp4|mkv|ts|webm)$/i.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();

  function put(path: string, content: Buffer): void {
    writeFileSync(`${path}.part`, content);
    renameSync(`${path}.part`, path);
  }

  function apply({ kind, which, folder, name }: Change): void {
    const target = join(root, folder, name);
    mkdirSync(dirname(target), { recursive: true });
    const all = files();
    const path = all[which % Math.max(1, all.length)];
    if (kind === 'create') writeFileSync(target, bytes());
    else if (kind === 'finish download') put(target, bytes());
    else if (kind === 'write in parts') {
      writeFileSync(target, bytes());
      appendFileSync(target, bytes());
    } else if (!path || path === target) return;
    else if (kind === 'copy') {
      written += readFileSync(path).byteLength;
      copyFileSync(path, target);
    } else if (kind === 'link') {
      rmSync(target, { force: true });
      linkSync(path, target);
    } else if (kind === 'rename') renameSync(path, join(dirname(path), name));
    else if (kind === 'move') renameSync(path, target);
    else if (kind === 'change case')
      renameSync(
        path,
        join(
          dirname(path),
          basename(path).replace(/[a-z]/i, (letter) => swapCase(letter)),
        ),
      );
    else if (kind === 'replace in place') {
      const size = readFileSync(path).byteLength;
      written += size;
      writeFileSync(path, Buffer.alloc(size, `${which}`));
      // Within the resolution of a clock, a file of the same size and time is the same.
      utimesSync(path, new Date(), new Date(1_600_000_000_000 + count * 1_000 + which));
    } else if (kind === 'replace at once') put(path, bytes());
    else if (kind === 'grow') {
      written += readFileSync(path).byteLength;
      appendFileSync(path, bytes());
    } else if (kind === 'remove') rmSync(path);
    else if (dirname(path) !== root) renameSync(dirname(path), join(root, `renamed ${which} ${count}`));
  }

  return {
    apply,
    files,
    /** Bytes that were ever written: none of them is to be read twice. */
    written: () => written,
  };
}

const swapCase = (letter: string) =>
  letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();

const idOf = (path: string) => Buffer.from(hashFile({ path, algorithms: [] }).root).toString('hex');

describe('whatever happens in the media folders', () => {
  it.each(SEEDS)(
    'what is shared is what is on the disk, and nothing is read twice (seed %i)',
    async (seed) => {
      const dir = temporaryDir();
      const media = join(dir, 'media');
      const edge = await startFakeEdge();
      onTestFinished(() => edge.stop());
      const config = testConfig(dir, { EDGE_GRPC_ADDRESS: edge.address });
      const disk = createDisk(media);
      const peer = await startPeer(config);
      const listed = async () => {
        const files = await askDaemon<{ dir: string; name: string; catalogId: string; state: string }[]>(
          config.peer.dataDir,
          'GET',
          '/files',
        );
        return Object.fromEntries(
          files.map((file) => [join(file.dir, file.name), file.catalogId ?? file.state]),
        );
      };
      const rounds = fc.sample(fc.array(change, { minLength: CHANGES, maxLength: CHANGES }), {
        seed,
        numRuns: ROUNDS,
      });
      for (const changes of rounds) {
        for (const each of changes) disk.apply(each);
        const expected = Object.fromEntries(disk.files().map((path) => [path, idOf(path)]));
        await expect.poll(listed, { timeout: QUIET_WITHIN_MS, interval: 100 }).toEqual(expected);
        await expect
          .poll(() => [...(edge.shared() ?? [])].sort(), { timeout: QUIET_WITHIN_MS })
          .toEqual([...new Set(Object.values(expected))].sort());
        expect(peer.status().scan.bytesHashed).toBeLessThanOrEqual(disk.written());
      }
    },
    ROUNDS * 2 * QUIET_WITHIN_MS,
  );
});
