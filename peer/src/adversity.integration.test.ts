import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missing } from '@giggityflix/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startFakeEdge } from '../testing/fake-edge.ts';
import { startPeer, temporaryDir, testConfig } from '../testing/harness.ts';
import { testLibrary } from '../testing/library.ts';
import { askDaemon } from './control/client.ts';
import { hashFile } from './hashing/hash-file.ts';

const FILES = 400;

/** Makes `dir` a disk of its own; the reason when this machine does not let us. */
function mountSmallDisk(dir: string, megabytes = 8): string | null {
  mkdirSync(dir, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir], { stdio: 'pipe' });
  } catch (error) {
    return missing('root to mount a small disk', (error as Error).message);
  }
  onTestFinished(() => void execFileSync('umount', ['-l', dir]));
  return null;
}

/** Takes all the room there is but for `free` bytes. */
function fill(dir: string, free = 0): () => void {
  const path = join(dir, 'filler');
  try {
    const { bavail, bsize } = statfsSync(dir);
    writeFileSync(path, Buffer.alloc(bavail * bsize - free + bsize));
  } catch {
    // What fits was written.
  }
  return () => rmSync(path);
}

it('on a disk that fills up keeps running, says so, and goes on when there is room', async ({ skip }) => {
  const dir = temporaryDir();
  const config = testConfig(dir);
  const reason = mountSmallDisk(config.peer.dataDir);
  if (reason) skip(reason);
  // Room for the index, and little more than nothing for what it is to hold.
  const empty = fill(config.peer.dataDir, 400_000);
  for (let i = 0; i < FILES; i += 1)
    writeFileSync(join(dir, `media/${i}.mp4`), Buffer.alloc(10_000 + i, `film ${i}`));
  const peer = await startPeer(config);
  const says = () => peer.status().missing.some((text) => text.includes('its disk is full'));
  await expect.poll(says, { timeout: 20_000 }).toBe(true);
  expect(peer.status().library.shared.files).toBeLessThan(FILES);
  empty();
  await expect.poll(() => peer.status().library.shared.files, { timeout: 20_000 }).toBe(FILES);
  expect(says()).toBe(false);
}, 60_000);

it('leaves most of a small disk to the index itself, not to its log', async ({ skip }) => {
  const dir = temporaryDir();
  const reason = mountSmallDisk(dir, 2);
  if (reason) skip(reason);
  const library = testLibrary(dir);
  const facts = { dir: '/media', root: '/media', sizeBytes: 1, mtimeMs: 1, dev: 1, sidecars: '' };
  const fill = () => {
    for (let i = 0; ; i += 1)
      library.record([{ file: { ...facts, name: `${i}.mp4`, ino: i }, state: 'pending' }]);
  };
  expect(fill).toThrow('full');
  expect(statSync(join(dir, 'index.sqlite')).size).toBeGreaterThan(
    statSync(join(dir, 'index.sqlite-wal')).size,
  );
  const held = library.counts().pending.files;
  execFileSync('mount', ['-o', 'remount,size=4m', dir]);
  library.record([{ file: { ...facts, name: 'one more.mp4', ino: 0 }, state: 'pending' }]);
  expect(library.counts().pending.files).toBe(held + 1);
});

describe.each([
  {
    trouble: 'is full',
    says: 'its disk is full',
    begin: (dataDir: string) => fill(dataDir),
  },
  {
    trouble: 'cannot be written',
    says: 'it cannot be written',
    begin(dataDir: string) {
      execFileSync('mount', ['-o', 'remount,ro', dataDir]);
      return () => void execFileSync('mount', ['-o', 'remount,rw', dataDir]);
    },
  },
])('a daemon whose data directory $trouble', ({ says, begin }) => {
  it('shares what it has indexed and what is new, says so, and returns to its index', async ({ skip }) => {
    const dir = temporaryDir();
    const edge = await startFakeEdge();
    onTestFinished(() => edge.stop());
    const config = testConfig(dir, { EDGE_GRPC_ADDRESS: edge.address });
    const { dataDir } = config.peer;
    const reason = mountSmallDisk(dataDir, 16);
    if (reason) skip(reason);
    const write = (name: string): string => {
      const path = join(dir, 'media', name);
      writeFileSync(path, `film ${name}`);
      return Buffer.from(hashFile({ path, algorithms: [] }).root).toString('hex');
    };
    const shares = (...ids: string[]) => expect.poll(() => edge.shared()).toEqual(new Set(ids));
    const before = write('before.mp4');
    const gone = write('gone.mp4');
    const first = await startPeer(config);
    await shares(before, gone);
    await first.stop();
    const end = begin(dataDir);
    rmSync(join(dir, 'media/gone.mp4'));
    const fresh = write('new.mp4');
    const peer = await startPeer(config);
    await shares(before, fresh);
    expect(peer.status().scan.bytesHashed).toBe('film new.mp4'.length);
    expect(await askDaemon(dataDir, 'GET', '/status')).toMatchObject({
      missing: expect.arrayContaining([expect.stringContaining(says)]),
    });
    expect(await peer.ready()).toMatchObject({ ready: false, reason: expect.stringContaining(says) });
    end();
    await expect.poll(() => peer.ready(), { timeout: 20_000 }).toEqual({ ready: true });
    const later = write('later.mp4');
    await shares(before, fresh, later);
    await peer.stop();
    const library = testLibrary(dataDir);
    expect(library.counts().shared.files).toBe(3);
  });
});

it('names the data directory and its trouble when it cannot begin', async ({ skip }) => {
  const dir = temporaryDir();
  const config = testConfig(dir);
  const reason = mountSmallDisk(config.peer.dataDir);
  if (reason) skip(reason);
  const empty = fill(config.peer.dataDir);
  await expect(startPeer(config)).rejects.toThrow(`${config.peer.dataDir} is of no use: its disk is full`);
  empty();
  execFileSync('mount', ['-o', 'remount,ro', config.peer.dataDir]);
  await expect(startPeer(config)).rejects.toThrow(
    `${config.peer.dataDir} is of no use: it cannot be written`,
  );
});

it('makes an index anew that is no database any more, and keeps the old one', async () => {
  const dir = temporaryDir();
  const config = testConfig(dir);
  writeFileSync(join(dir, 'media/a.mp4'), 'film');
  mkdirSync(config.peer.dataDir);
  const path = join(config.peer.dataDir, 'index.sqlite');
  writeFileSync(path, 'no database');
  const peer = await startPeer(config);
  await expect.poll(() => peer.status().library.shared.files).toBe(1);
  expect(readFileSync(`${path}.damaged`, 'utf8')).toBe('no database');
});

it('shares what lies in a folder it may only read', async ({ skip }) => {
  const dir = temporaryDir();
  const config = testConfig(dir);
  const media = join(dir, 'media');
  const reason = mountSmallDisk(media);
  if (reason) skip(reason);
  writeFileSync(join(media, 'a.mp4'), 'film');
  execFileSync('mount', ['-o', 'remount,ro', media]);
  const peer = await startPeer(config);
  await expect.poll(() => peer.status().library.shared.files, { timeout: 10_000 }).toBe(1);
});

it('says how wrong its clock is, and goes by the time of the edge', async () => {
  const ahead = (Date.now() + 3_600_000).toString(16).padStart(12, '0');
  const edge = await startFakeEdge({
    connectionId: `${ahead.slice(0, 8)}-${ahead.slice(8)}-7000-8000-000000000000`,
  });
  onTestFinished(() => edge.stop());
  const dir = temporaryDir();
  const peer = await startPeer(testConfig(dir, { EDGE_GRPC_ADDRESS: edge.address }));
  await expect
    .poll(() => peer.status().missing, { timeout: 10_000 })
    .toContainEqual(expect.stringMatching(/clock is (60.0|59.9) minutes behind/));
});
