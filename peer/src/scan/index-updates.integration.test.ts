import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import { factsOf, shareFile, testLibrary } from '../../testing/library.ts';
import { createIndexUpdates } from './index-updates.ts';
import { emptyReport } from './report.ts';
import type { Watcher } from './watcher.ts';

function setUp() {
  const root = temporaryDir();
  const library = testLibrary();
  const settling = { watch: vi.fn() };
  const watcher = { add: vi.fn(), has: () => false, mark: vi.fn() };
  const onPending = vi.fn();
  const updates = createIndexUpdates({
    library,
    settling,
    watcher: () => watcher as unknown as Watcher,
    onPending,
  });
  const write = (name: string) => {
    writeFileSync(join(root, name), name);
    return factsOf(join(root, name), root);
  };
  return { root, library, settling, watcher, onPending, updates, write };
}

it('a file that was just written settles first; one that has long been there is read at once', () => {
  const { library, settling, onPending, updates, write } = setUp();
  const [fresh, old] = [write('fresh.mp4'), write('old.mp4')];
  updates.begin().take([
    { kind: 'found', file: fresh, ctimeMs: Date.now() },
    { kind: 'found', file: old, ctimeMs: Date.now() - 60_000 },
  ]);
  expect([library.get(fresh)?.state, library.get(old)?.state]).toEqual(['settling', 'pending']);
  expect(settling.watch.mock.calls.map(([key]) => key.name)).toEqual(['fresh.mp4']);
  expect(onPending).toHaveBeenCalledOnce();
});

it('a file that came with few others is read ahead of a library, in which nobody waits for one', () => {
  const { onPending, updates, write } = setUp();
  const old = (name: string) => ({ kind: 'found', file: write(name), ctimeMs: 0 }) as const;
  updates.begin().take([old('awaited.mp4')]);
  expect(onPending).toHaveBeenLastCalledWith([expect.objectContaining({ name: 'awaited.mp4' })]);
  const library = updates.begin();
  for (const shelf of [1, 2])
    library.take(Array.from({ length: 20 }, (_, index) => old(`film ${shelf}-${index}.mp4`)));
  expect(onPending).toHaveBeenLastCalledWith([]);
});

it('a moved file keeps its content, as removals come last', () => {
  const { root, library, updates } = setUp();
  const id = shareFile(library, join(root, 'before.mp4'), root, 'bytes');
  const before = { dir: root, name: 'before.mp4' };
  renameSync(join(root, 'before.mp4'), join(root, 'after.mp4'));
  const report = emptyReport();
  const update = updates.begin(report);
  update.take([
    { kind: 'removed', key: before },
    { kind: 'found', file: factsOf(join(root, 'after.mp4'), root), ctimeMs: 0 },
  ]);
  update.finish();
  expect(library.holders(id).map(({ name, state }) => [name, state])).toEqual([['after.mp4', 'shared']]);
  expect(report).toMatchObject({ found: 1, removed: 1, lost: 0, returned: 0 });
});

it('a folder is watched, and looked at again when it changed just before', () => {
  const { root, watcher, updates } = setUp();
  const [fresh, old] = [join(root, 'fresh'), join(root, 'old')];
  mkdirSync(fresh);
  updates.begin().take([
    { kind: 'directory', path: fresh, mtimeMs: Date.now() },
    { kind: 'directory', path: old, mtimeMs: Date.now() - 60_000 },
  ]);
  expect(watcher.add.mock.calls.flat()).toEqual([fresh, old]);
  expect(watcher.mark.mock.calls.flat()).toEqual([fresh]);
});

it('a report keeps a bounded number of problems', () => {
  const { updates } = setUp();
  const report = emptyReport();
  const problem = { kind: 'problem', path: '/x', reason: 'permission denied' } as const;
  const update = updates.begin(report);
  for (let batch = 0; batch < 3; batch += 1) update.take(Array(150).fill(problem));
  expect(report.problems).toHaveLength(200);
});
