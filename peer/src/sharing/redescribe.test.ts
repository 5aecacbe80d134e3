import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { silent, temporaryDir } from '../../testing/harness.ts';
import { shareFile, testLibrary } from '../../testing/library.ts';
import { createDescriber } from '../metadata/describe.ts';
import { createRedescribe } from './redescribe.ts';

const HOUR_MS = 3_600_000;

afterEach(() => {
  vi.useRealTimers();
});

function setUp(refreshMs: number) {
  const root = temporaryDir();
  const library = testLibrary();
  const ids = ['a.mp4', 'b.mp4', 'c.mp4'].map((name) => shareFile(library, join(root, name), root, name));
  const described: string[] = [];
  const redescribe = createRedescribe(
    { refreshMs },
    {
      library,
      logger: silent,
      describer: createDescriber({ extractMetadata: false, ffprobePath: '' }),
      onContent: ({ catalogId }) => described.push(catalogId),
    },
  );
  onTestFinished(() => redescribe.stop());
  redescribe.start();
  return { ids, described };
}

it('descriptions of a day ago are sent again, once a day', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  const { ids, described } = setUp(24 * HOUR_MS);
  await vi.advanceTimersByTimeAsync(23 * HOUR_MS);
  expect(described).toEqual([]);
  await vi.advanceTimersByTimeAsync(HOUR_MS + 60_000);
  vi.useRealTimers();
  await expect.poll(() => [...described].sort()).toEqual([...ids].sort());
});

it('and so are those described while the clock was years ahead', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  const now = Date.now();
  vi.setSystemTime(now + 100_000 * HOUR_MS);
  const { ids, described } = setUp(24 * HOUR_MS);
  vi.setSystemTime(now);
  await vi.advanceTimersByTimeAsync(60_000);
  await vi.advanceTimersByTimeAsync(25 * HOUR_MS);
  vi.useRealTimers();
  await expect.poll(() => [...described].sort()).toEqual([...ids].sort());
});

it('an index that another version of the rules for names described is described anew, by the hashes it has', async () => {
  const root = temporaryDir();
  const library = testLibrary();
  const id = shareFile(library, join(root, 'Film (1999).mp4'), root, 'bytes');
  expect(library.content(id)).toMatchObject({ media: { title: 'Film (1999).mp4', kind: 'CLIP' } });
  library.database.prepare("UPDATE state SET value = 'former' WHERE name = 'naming_version'").run();
  library.descriptions.followNaming();
  const described: string[] = [];
  const redescribe = createRedescribe(
    { refreshMs: 0 },
    {
      library,
      logger: silent,
      describer: createDescriber({ extractMetadata: false, ffprobePath: '' }),
      onContent: ({ media }) => described.push(media.title),
    },
  );
  onTestFinished(() => redescribe.stop());
  redescribe.start();
  await expect.poll(() => described).toEqual(['Film']);
  expect(library.content(id)).toMatchObject({ media: { title: 'Film', year: 1999, kind: 'MOVIE' } });
});
