import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import { factsOf, shareFile, testLibrary } from '../../testing/library.ts';
import { createOutbox } from '../edge/outbox.ts';
import { openLibrary } from './library.ts';
import type { SharedChange } from './types.ts';

function setUp() {
  const root = temporaryDir();
  const library = testLibrary();
  const changes: SharedChange[] = [];
  library.onSharedChange((change) => changes.push(change));
  return {
    root,
    library,
    changes,
    share: (name: string, bytes = name) => shareFile(library, join(root, name), root, bytes),
  };
}

describe('the index', () => {
  it('reports once when a content begins and ceases to be shared, however many files hold it', () => {
    const { library, changes, share, root } = setUp();
    const id = share('a.mp4', 'same');
    share('b.mp4', 'same');
    library.remove([{ dir: root, name: 'a.mp4' }]);
    expect(changes).toEqual([{ added: [id], removed: [] }]);
    library.remove([{ dir: root, name: 'b.mp4' }]);
    expect(changes.at(-1)).toEqual({ added: [], removed: [id] });
    expect(changes).toHaveLength(2);
    expect(library.sharedIds()).toEqual([]);
  });

  it('knows a moved file by its inode, and says nothing of the move', () => {
    const { library, changes, share, root } = setUp();
    const id = share('a.mp4');
    mkdirSync(join(root, 'b'));
    renameSync(join(root, 'a.mp4'), join(root, 'b/c.mp4'));
    library.record([{ file: factsOf(join(root, 'b/c.mp4'), root), state: 'settling' }]);
    library.remove([{ dir: root, name: 'a.mp4' }]);
    expect(library.get({ dir: join(root, 'b'), name: 'c.mp4' })).toMatchObject({
      state: 'shared',
      catalogId: id,
    });
    expect(changes).toHaveLength(1);
  });

  it('does not take the outcome of reading a file that has changed since', () => {
    const { library, share, root } = setUp();
    const id = share('a.mp4');
    const content = library.content(id)!;
    const file = factsOf(join(root, 'a.mp4'), root);
    library.record([{ file: { ...file, sizeBytes: 99, ino: 1 }, state: 'pending' }]);
    expect(library.complete(file, content)).toBe(false);
    expect(library.isShared(id)).toBe(false);
  });

  it('keeps files of folders that are no longer shared, without sharing them', () => {
    const { library, share, root } = setUp();
    const id = share('a.mp4');
    library.limitToRoots([]);
    expect(library.isShared(id)).toBe(false);
    library.restore([factsOf(join(root, 'a.mp4'), root)]);
    expect(library.isShared(id)).toBe(true);
  });

  it('forgets what a file was that has become no film, unless another file holds it', () => {
    const { library, changes, share, root } = setUp();
    const id = share('a.mp4');
    const both = share('b.mp4', 'same');
    share('c.mp4', 'same');
    const breakFile = (name: string) => {
      const file = { ...factsOf(join(root, name), root), sizeBytes: 9, mtimeMs: 1, ino: 1 };
      library.record([{ file, state: 'pending' }]);
      library.mark([file], 'rejected', 'it is no film');
    };
    breakFile('a.mp4');
    breakFile('b.mp4');
    expect(changes.flatMap(({ superseded }) => superseded ?? [])).toEqual([id]);
    expect(library.content(id)).toBeNull();
    expect(library.isShared(both)).toBe(true);
  });

  it('forgets contents that no file holds', () => {
    const { library, share, root } = setUp();
    const id = share('a.mp4');
    rmSync(join(root, 'a.mp4'));
    library.remove([{ dir: root, name: 'a.mp4' }]);
    library.collectGarbage();
    expect(library.content(id)).toBeNull();
  });

  it('calls bytes that lie under several names by the first of them, in whatever order they are read', () => {
    const { library, share } = setUp();
    const titleAfter = (name: string) => library.content(share(name, 'same'))?.media.title;
    expect(titleAfter('m.mp4')).toBe('m.mp4');
    expect(titleAfter('z.mp4')).toBe('m.mp4');
    expect(titleAfter('b.mp4')).toBe('b.mp4');
  });

  it('on a full disk fails without losing what it holds', () => {
    const { library, share, root } = setUp();
    const id = share('a.mp4');
    const outbox = createOutbox(library.database);
    const pages = library.database.pragma('page_count', { simple: true });
    library.database.pragma(`max_page_count = ${pages}`);
    const fill = () => {
      for (let i = 0; i < 5_000; i += 1)
        library.record([
          { file: { ...factsOf(join(root, 'a.mp4'), root), name: `${i}.mp4`, ino: i }, state: 'pending' },
        ]);
    };
    expect(fill).toThrow('full');
    expect(library.isShared(id)).toBe(true);
    const sequences = [outbox.nextSequence(), outbox.nextSequence()];
    expect(sequences[1]).toBe(sequences[0]! + 1);
  });
});

it('of an earlier version, the index has playlists read again, and nothing else', () => {
  const dir = temporaryDir();
  const root = temporaryDir();
  const before = openLibrary(join(dir, 'index.sqlite'));
  const ids = ['film.mp4', 'list.mp4'].map((name) => shareFile(before, join(root, name), root, name));
  before.database
    .prepare("UPDATE content SET media = json_set(media, '$.container', ?) WHERE catalog_id = unhex(?)")
    .run('hls', ids[1]);
  before.database.pragma('user_version = 2');
  before.close();
  const library = testLibrary(dir);
  expect(library.sharedIds().map((id) => Buffer.from(id).toString('hex'))).toEqual([ids[0]]);
  expect(library.nextPending(() => false)?.name).toBe('list.mp4');
});
