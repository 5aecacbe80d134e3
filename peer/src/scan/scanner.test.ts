import { expect, it, onTestFinished } from 'vitest';
import { silent } from '../../testing/harness.ts';
import { testLibrary } from '../../testing/library.ts';
import { createScanner } from './scanner.ts';
import type { WalkTarget } from './walker.ts';

function setUp() {
  const walks: WalkTarget[][] = [];
  const waiting: (() => void)[] = [];
  const scanner = createScanner(
    { rules: { roots: ['/media'], extensions: ['.mp4'], excludeDirs: [] }, intervalMs: 60_000, watch: false },
    {
      library: testLibrary(),
      walker: {
        walk(targets) {
          walks.push(targets);
          return new Promise((resolve) => waiting.push(resolve));
        },
        hasThread: () => true,
        async stop() {},
      },
      logger: silent,
      onPending() {},
      onScanned() {},
    },
  );
  onTestFinished(() => scanner.stop());
  return { scanner, walks, step: () => waiting.shift()?.() };
}

it('a folder that changes all the time is looked at again once, however often it was reported meanwhile', async () => {
  const { scanner, walks, step } = setUp();
  const first = scanner.check(['/media/copied']);
  const others = Array.from({ length: 50 }, () => scanner.check(['/media/copied']));
  const another = scanner.check(['/media/other']);
  step();
  await expect.poll(() => walks).toHaveLength(2);
  step();
  await Promise.all([first, ...others, another]);
  expect(walks.map((targets) => targets.map(({ dir }) => dir))).toEqual([
    ['/media/copied'],
    ['/media/copied', '/media/other'],
  ]);
});

it('a folder that was to be looked at with all below it still is', async () => {
  const { scanner, walks, step } = setUp();
  const checks = [scanner.check(['/media/a']), scanner.check(['/media/b'], { recursive: true })];
  checks.push(scanner.check(['/media/b']), scanner.check(['/media/c']));
  for (let walk = 1; walk <= 3; walk += 1) {
    await expect.poll(() => walks).toHaveLength(walk);
    step();
  }
  await Promise.all(checks);
  expect(walks.flat().map(({ dir, recursive }) => [dir, recursive])).toEqual([
    ['/media/a', false],
    ['/media/b', true],
    ['/media/c', false],
  ]);
});
