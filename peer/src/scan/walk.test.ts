import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import { factsOf, testLibrary } from '../../testing/library.ts';
import { createKnownFiles } from './known-files.ts';
import { type WalkEvent, type WalkRules, walk } from './walk.ts';

function setUp(rules: Partial<WalkRules> = {}) {
  const root = temporaryDir();
  const library = testLibrary();
  const known = createKnownFiles(library.database);
  const write = (name: string, text = name) => {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), text);
    return join(root, name);
  };
  const look = (start = root, recursive = true): WalkEvent[] => {
    const all = { roots: [root], extensions: ['.mp4'], excludeDirs: [], ...rules };
    return [...walk(start, root, all, known, { recursive })].filter(({ kind }) => kind !== 'directory');
  };
  /** Takes what a walk found into the index. */
  const learn = () => {
    for (const event of look())
      if (event.kind === 'found') library.record([{ file: event.file, state: 'pending' }]);
      else if (event.kind === 'removed') library.remove([event.key]);
  };
  const names = (events: WalkEvent[], kind: WalkEvent['kind']) =>
    events.flatMap((event) => {
      if (event.kind !== kind) return [];
      if ('file' in event) return [event.file.name];
      return 'key' in event ? [event.key.name] : [event.path.slice(root.length + 1)];
    });
  return { root, library, write, look, learn, names };
}

describe('a walk', () => {
  it('yields nothing for a folder that is as the index has it', () => {
    const { write, look, learn } = setUp();
    write('a.mp4');
    write('b/c.mp4');
    learn();
    expect(look()).toEqual([]);
  });

  it('yields what is new, changed and removed', () => {
    const { write, look, learn, names } = setUp();
    const gone = write('b/gone.mp4');
    write('b/changed.mp4');
    learn();
    rmSync(gone);
    write('b/changed.mp4', 'other bytes');
    write('new/new.MP4');
    const events = look();
    expect(names(events, 'found').sort()).toEqual(['changed.mp4', 'new.MP4']);
    expect(names(events, 'removed')).toEqual(['gone.mp4']);
  });

  it('counts files of a removed folder as removed', () => {
    const { root, write, look, learn, names } = setUp();
    write('b/c/d.mp4');
    learn();
    rmSync(join(root, 'b'), { recursive: true });
    expect(names(look(), 'removed')).toEqual(['d.mp4']);
    expect(names(look(join(root, 'b'), false), 'removed')).toEqual(['d.mp4']);
  });

  it('counts files as lost, not removed, when their disk is not there', () => {
    const { root, library, write, look, learn, names } = setUp();
    write('disk/a.mp4');
    write('b.mp4');
    learn();
    // As if both had been on another device, which is what an empty mount point looks like.
    for (const path of ['disk/a.mp4', 'b.mp4'])
      library.record([{ file: { ...factsOf(join(root, path), root), dev: 1 }, state: 'pending' }]);
    rmSync(join(root, 'b.mp4'));
    rmSync(join(root, 'disk/a.mp4'));
    expect(names(look(), 'lost').sort()).toEqual(['a.mp4', 'b.mp4']);
    rmSync(join(root, 'disk'), { recursive: true });
    expect(names(look(), 'lost').sort()).toEqual(['a.mp4', 'b.mp4']);
  });

  it('counts everything as lost when the media folder itself is gone', () => {
    const { root, write, look, learn, names } = setUp();
    write('a.mp4');
    write('b/c.mp4');
    learn();
    renameSync(root, `${root}.unplugged`);
    const events = look();
    expect(names(events, 'lost').sort()).toEqual(['a.mp4', 'c.mp4']);
    expect(names(events, 'removed')).toEqual([]);
    renameSync(`${root}.unplugged`, root);
  });

  it('follows no link to a folder, and links to files only inside the media folders', () => {
    const { root, write, look, names } = setUp();
    const outside = join(mkdtempSync(`${root}-outside-`), 'x.mp4');
    writeFileSync(outside, 'x');
    write('a.mp4');
    symlinkSync(root, join(root, 'loop'));
    symlinkSync(outside, join(root, 'out.mp4'));
    symlinkSync(join(root, 'a.mp4'), join(root, 'in.mp4'));
    symlinkSync(join(root, 'round.mp4'), join(root, 'round.mp4'));
    const events = look();
    expect(names(events, 'found').sort()).toEqual(['a.mp4', 'in.mp4']);
    expect(names(events, 'problem').sort()).toEqual(['out.mp4', 'round.mp4']);
    rmSync(join(outside, '..'), { recursive: true });
  });

  it('leaves out excluded folders, by name and by path, and forgets what it knew of them', () => {
    const rules = { excludeDirs: ['extras'] };
    const { root, write, look, learn, names } = setUp(rules);
    write('a.mp4');
    write('show/extras/b.mp4');
    write('show/kept/c.mp4');
    expect(names(look(), 'found').sort()).toEqual(['a.mp4', 'c.mp4']);
    learn();
    rules.excludeDirs.push(join(root, 'show', 'kept'));
    expect(names(look(), 'removed')).toEqual(['c.mp4']);
    expect(names(look(), 'found')).toEqual([]);
  });

  it('not recursive looks at one folder and names those below', () => {
    const { root, write, look, learn, names } = setUp();
    write('a.mp4');
    learn();
    write('b/c.mp4');
    write('d.mp4');
    const events = look(root, false);
    expect(names(events, 'found')).toEqual(['d.mp4']);
    expect(names(events, 'unexplored')).toEqual(['b']);
  });
});
