import { appendFileSync, closeSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import type { Arrivals } from './arrivals.ts';
import { createSettling, SETTLE_MS } from './settling.ts';
import { findWrittenFiles } from './written-files.ts';

function setUp() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const dir = temporaryDir();
  const settled: string[] = [];
  const settling = createSettling({
    onSettled: (keys) => settled.push(...keys.map(({ name }) => name)),
    onChanged: (keys) => void Promise.all(keys.map(({ name }) => watch(name))),
  });
  onTestFinished(() => settling.stop());
  async function watch(name: string, arrivals?: Arrivals): Promise<void> {
    const { size, mtimeMs, ino } = await stat(join(dir, name));
    settling.watch({ dir, name }, { sizeBytes: size, mtimeMs, ino }, arrivals);
  }
  return {
    dir,
    settled,
    watch,
    /** Lets time pass in small steps, with real turns of the event loop between them. */
    async pass(ms: number): Promise<void> {
      for (let passed = 0; passed < ms; passed += 100) {
        await vi.advanceTimersByTimeAsync(100);
        await new Promise((resolve) => setImmediate(resolve));
        await stat(dir);
      }
    },
  };
}

it('a recording with pauses settles once after its end, not with each of them', async () => {
  const { dir, settled, watch, pass } = setUp();
  const path = join(dir, 'recording.ts');
  writeFileSync(path, 'burst');
  await watch('recording.ts');
  for (let burst = 0; burst < 10; burst += 1) {
    await pass(1_500);
    appendFileSync(path, 'burst');
    await watch('recording.ts');
  }
  // The first pause is taken for the end: nothing distinguishes it from that.
  expect(settled.length).toBeLessThanOrEqual(1);
  await pass(60_000);
  expect(settled.length).toBeLessThanOrEqual(2);
  expect(settled.at(-1)).toBe('recording.ts');
});

it('a file that came by itself settles ahead of a library that came after it', async () => {
  const { dir, settled, watch, pass } = setUp();
  const names = Array.from({ length: 300 }, (_, index) => `film ${index}.mp4`);
  for (const name of ['awaited.mp4', ...names]) writeFileSync(join(dir, name), name);
  await watch('awaited.mp4');
  const arrivals = { files: names.length };
  for (const name of names) await watch(name, arrivals);
  await pass(2 * SETTLE_MS);
  await expect.poll(() => settled).toContain('awaited.mp4');
  expect(settled.indexOf('awaited.mp4')).toBeLessThan(256);
});

it('a file that another one took the place of is waited for no longer than any', async () => {
  const { dir, settled, watch, pass } = setUp();
  const path = join(dir, 'film.mp4');
  writeFileSync(path, 'first');
  await watch('film.mp4');
  await pass(2 * SETTLE_MS);
  expect(settled).toHaveLength(1);
  writeFileSync(`${path}.part`, 'the second, which is longer');
  renameSync(`${path}.part`, path);
  await watch('film.mp4');
  await pass(2 * SETTLE_MS);
  expect(settled).toHaveLength(2);
});

it.runIf(process.platform === 'linux')(
  'a file that is open for writing is not written to its end',
  async () => {
    const { dir, settled, watch, pass } = setUp();
    const path = join(dir, 'download.mkv');
    const fd = openSync(path, 'w');
    writeSync(fd, 'half of it');
    expect(await findWrittenFiles([path, join(dir, 'other.mkv')])).toEqual(new Set([path]));
    await watch('download.mkv');
    await pass(5_000);
    expect(settled).toEqual([]);
    closeSync(fd);
    const reader = openSync(path, 'r');
    expect(await findWrittenFiles([path])).toEqual(new Set());
    await pass(2_000);
    closeSync(reader);
    expect(settled).toEqual(['download.mkv']);
  },
);

it('of a library that is copied, the file that came last is looked at first', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const dir = temporaryDir();
  const looks: string[][] = [];
  const settling = createSettling({
    onSettled() {},
    onChanged() {},
    async findWritten(paths) {
      looks.push([...paths]);
      return new Set();
    },
  });
  onTestFinished(() => settling.stop());
  for (let index = 0; index <= 300; index += 1) {
    const name = index === 300 ? 'awaited.mp4' : `bulk ${index}.mp4`;
    writeFileSync(join(dir, name), name);
    const { size, mtimeMs, ino } = await stat(join(dir, name));
    settling.watch({ dir, name }, { sizeBytes: size, mtimeMs, ino });
  }
  await vi.advanceTimersByTimeAsync(2 * SETTLE_MS);
  await vi.waitFor(() => expect(looks.length).toBeGreaterThan(0));
  expect(looks[0]).toContain(join(dir, 'awaited.mp4'));
  expect(looks[0]!.length).toBeLessThan(300);
});
