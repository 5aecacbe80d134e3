import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import { testLibrary } from '../../testing/library.ts';
import { createWalker } from './walker.ts';

it('a walker keeps no thread while nothing is to be walked, and has one again for the next walk', async () => {
  const dir = temporaryDir();
  testLibrary(dir);
  const rules = { roots: [dir], extensions: ['.mp4'], excludeDirs: [] };
  const walker = createWalker({ databasePath: join(dir, 'index.sqlite'), rules }, { idleMs: 20 });
  onTestFinished(() => walker.stop());
  const found = async () => {
    const names: string[] = [];
    await walker.walk([{ dir, root: dir, recursive: true }], (events) => {
      for (const event of events) if (event.kind === 'found') names.push(event.file.name);
    });
    return names;
  };
  expect(await found()).toEqual([]);
  await expect.poll(() => walker.hasThread()).toBe(false);
  writeFileSync(join(dir, 'a.mp4'), 'a');
  expect(await found()).toEqual(['a.mp4']);
});
