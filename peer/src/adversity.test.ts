import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { missing } from '../../tests/support/requirement.ts';
import { startFakeEdge } from './testing/fake-edge.ts';
import { startPeer, temporaryDir, testConfig } from './testing/harness.ts';

const FILES = 40;

/** Makes `dir` a disk of its own; the reason when this machine does not let us. */
function mountSmallDisk(dir: string): string | null {
  mkdirSync(dir, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dir], { stdio: 'pipe' });
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
    writeFileSync(path, Buffer.alloc(8 * 1_048_576 - free));
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
