import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { silent } from '../../testing/harness.ts';
import { testLibrary } from '../../testing/library.ts';
import type { FileHashes } from '../hashing/hash-file.ts';
import type { FileFacts } from '../library/types.ts';
import type { Describer } from '../metadata/describe.ts';
import type { MediaInfo } from '../metadata/media-info.ts';
import { createIngest } from './ingest.ts';
import { createRedescribe } from './redescribe.ts';

const MTIME_MS = 1_000;
const FULL_DEPTH = 2;

const media = (title: string): MediaInfo => ({
  title,
  year: null,
  season: null,
  episode: null,
  kind: 'CLIP',
  container: null,
  mimeType: 'video/mp4',
  videoCodec: null,
  audioCodec: null,
  durationSeconds: null,
  width: null,
  height: null,
  language: null,
  tracks: [],
  chapters: [],
  subtitles: [],
});

const facts = (name: string, sizeBytes: number): FileFacts => ({
  dir: '/media',
  name,
  root: '/media',
  sizeBytes,
  mtimeMs: MTIME_MS,
  dev: 1,
  ino: Number.parseInt(createHash('sha256').update(name).digest('hex').slice(0, 8), 16),
  sidecars: '',
});

const hashesOf = (path: string, sizeBytes: number): FileHashes => ({
  root: createHash('sha256').update(path).digest(),
  pieceLayer: new Uint8Array(32),
  hashes: {},
  sizeBytes,
  mtimeMs: MTIME_MS,
});

function setUp() {
  const library = testLibrary();
  const started: string[] = [];
  const looks: { name: string; isHasty: boolean }[] = [];
  const waiting: (() => void)[] = [];
  let isHeld = true;
  let isCrowded = false;
  const describer: Describer = {
    depth: Promise.resolve(FULL_DEPTH),
    async describe({ name }, { isHasty = false } = {}) {
      looks.push({ name, isHasty });
      return { media: media(name), depth: isHasty ? FULL_DEPTH - 1 : FULL_DEPTH };
    },
    redescribe: async (known) => known,
  };
  const onIdle = Promise.withResolvers<void>();
  let left = 0;
  const redescribe = createRedescribe(
    { refreshMs: 0 },
    { library, logger: silent, describer, onContent() {} },
  );
  const ingest = createIngest({
    library,
    hashes: {
      concurrency: 2,
      async hash(path) {
        started.push(basename(path));
        if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve));
        return hashesOf(path, library.get({ dir: '/media', name: basename(path) })!.sizeBytes);
      },
      bytesRead: () => 0,
      threads: () => 0,
      async stop() {},
    },
    logger: silent,
    describer,
    onContent() {},
    isCrowded: () => isCrowded,
    onChanged() {},
    onHasty() {
      left += 1;
    },
    onIdle() {
      redescribe.lookDeeper();
      onIdle.resolve();
    },
  });
  return {
    library,
    ingest,
    started,
    looks,
    left: () => left,
    idle: onIdle.promise,
    /** Puts files into the index as ready to be read. */
    add: (files: FileFacts[]) => library.record(files.map((file) => ({ file, state: 'pending' }))),
    /** Lets one of those that are read end. */
    step: () => waiting.shift()?.(),
    crowd(value: boolean) {
      isCrowded = value;
    },
    goOn() {
      isHeld = false;
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

it('a film that came while a library is taken in is read before what is left of that, though it is larger', async () => {
  const { ingest, add, started, step, goOn, idle } = setUp();
  add(Array.from({ length: 500 }, (_, index) => facts(`bulk ${index}.mp4`, 10_000)));
  ingest.pump();
  await expect.poll(() => started).toHaveLength(2);
  add([facts('awaited.mp4', 20_000_000)]);
  ingest.pump([{ dir: '/media', name: 'awaited.mp4', isAwaited: true }]);
  for (let read = 2; read < 8; read += 1) {
    step();
    await expect.poll(() => started).toHaveLength(read + 1);
  }
  // One of four is the smallest, so that nothing waits for ever.
  expect(started.indexOf('awaited.mp4')).toBeLessThanOrEqual(3);
  goOn();
  await idle;
  expect(new Set(started).size).toBe(501);
});

it('a film that came before a library is taken in is read before it all the same', async () => {
  const { ingest, add, started, step, goOn, idle } = setUp();
  const library = Array.from({ length: 500 }, (_, index) => facts(`bulk ${index}.mp4`, 10_000));
  add(library);
  ingest.pump();
  await expect.poll(() => started).toHaveLength(2);
  add([facts('awaited.mp4', 20_000_000)]);
  ingest.pump([{ dir: '/media', name: 'awaited.mp4', isAwaited: true }]);
  ingest.pump(library.map(({ dir, name }) => ({ dir, name, isAwaited: false })));
  for (let read = 2; read < 8; read += 1) {
    step();
    await expect.poll(() => started).toHaveLength(read + 1);
  }
  expect(started.indexOf('awaited.mp4')).toBeLessThanOrEqual(3);
  expect(started).toContain('awaited.mp4');
  goOn();
  await idle;
});

it('while announcements lag behind, a library is not read ahead of them, and a film that comes is read next', async () => {
  const { ingest, add, started, goOn, idle, crowd } = setUp();
  goOn();
  crowd(true);
  add(Array.from({ length: 100 }, (_, index) => facts(`bulk ${index}.mp4`, 10_000)));
  ingest.pump();
  expect(started.length).toBeLessThan(2);
  add([facts('awaited.mp4', 20_000_000)]);
  ingest.pump([{ dir: '/media', name: 'awaited.mp4', isAwaited: true }]);
  await expect.poll(() => started.slice(0, 3)).toContain('awaited.mp4');
  expect(ingest.busy()).toBeGreaterThan(0);
  crowd(false);
  await idle;
  expect(new Set(started).size).toBe(101);
});

it('of films that come all the time, those that came first are read as well', async () => {
  const { ingest, add, started, step, goOn, idle } = setUp();
  add([facts('patient.mp4', 9_000)]);
  for (let index = 0; index < 40; index += 1) {
    add([facts(`next ${index}.mp4`, 10_000)]);
    ingest.pump([{ dir: '/media', name: `next ${index}.mp4`, isAwaited: true }]);
    const before = started.length;
    step();
    if (index > 2) await expect.poll(() => started.length).toBeGreaterThan(before);
  }
  expect(started.slice(0, 20)).toContain('patient.mp4');
  goOn();
  await idle;
});

it('what only ffprobe reads of a library is read when all of it is shared, and of a single film at once', async () => {
  const { library, ingest, add, looks, left, goOn, idle } = setUp();
  goOn();
  add(Array.from({ length: 100 }, (_, index) => facts(`bulk ${index}.mp4`, 10_000)));
  ingest.pump();
  await idle;
  expect(left()).toBeGreaterThan(50);
  await expect.poll(() => library.descriptions.shallowerThan(FULL_DEPTH, 1)).toEqual([]);
  const again = looks.slice(100);
  expect(again).toHaveLength(left());
  expect(again.every(({ isHasty }) => !isHasty)).toBe(true);
  add([facts('single.mp4', 10_000)]);
  ingest.pump();
  await expect.poll(() => looks.at(-1)).toEqual({ name: 'single.mp4', isHasty: false });
});
