import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import { shareFile, testLibrary } from '../../testing/library.ts';
import type { LibraryFile } from '../library/types.ts';
import { ContentChangedError } from './content-source.ts';
import { createLibraryContentSource } from './library-content-source.ts';

function setUp() {
  const dir = temporaryDir();
  const media = join(dir, 'media');
  mkdirSync(media);
  const library = testLibrary();
  const changed: LibraryFile[] = [];
  const source = createLibraryContentSource(
    { roots: [media] },
    { library, onChanged: (file) => changed.push(file) },
  );
  return {
    dir,
    media,
    library,
    source,
    changed,
    share: (name: string, bytes = `film ${name}`) => shareFile(library, join(media, name), media, bytes),
  };
}

describe('a content source', () => {
  it('opens what is shared by its catalog id', async () => {
    const { source, share } = setUp();
    const content = source.lookup(share('a.mp4', 'the bytes'))!;
    expect(content).toMatchObject({ sizeBytes: 9, mimeType: 'video/mp4', durationSeconds: 10 });
    expect(content.pieceLayer.toString('hex')).toBe(content.catalogId);
    expect(await content.isAvailable()).toBe(true);
    const handle = await content.open();
    expect(await handle.readFile('utf8')).toBe('the bytes');
    await handle.close();
  });

  it('opens another file with the same bytes when the first is gone', async () => {
    const { source, share, media, changed } = setUp();
    const id = share('a.mp4', 'same');
    share('b.mp4', 'same');
    rmSync(join(media, 'a.mp4'));
    const handle = await source.lookup(id)!.open();
    expect(await handle.readFile('utf8')).toBe('same');
    await handle.close();
    expect(changed.map(({ name }) => name)).toEqual(['a.mp4']);
  });

  it.each([
    ['is gone', (path: string) => rmSync(path)],
    ['has another size', (path: string) => writeFileSync(path, 'other bytes of another length')],
    ['has another time', (path: string) => utimesSync(path, 1, 1)],
    [
      'is a link out of the media folders',
      (path: string) => {
        rmSync(path);
        symlinkSync('/etc/hostname', path);
      },
    ],
    [
      'is a folder',
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])('refuses a file that %s, and says so', async (_name, change) => {
    const { source, share, media, changed } = setUp();
    const content = source.lookup(share('a.mp4'))!;
    change(join(media, 'a.mp4'));
    await expect(content.open()).rejects.toThrow(ContentChangedError);
    expect(await content.isAvailable()).toBe(false);
    expect(changed).toHaveLength(1);
  });

  it('refuses a file whose folder became a link out of the media folders', async () => {
    const { source, library, media, dir, share } = setUp();
    const id = share('shelf/a.mp4');
    const outside = join(dir, 'outside');
    shareFile(library, join(outside, 'a.mp4'), media, 'film shelf/a.mp4');
    library.remove([{ dir: outside, name: 'a.mp4' }]);
    rmSync(join(media, 'shelf'), { recursive: true });
    symlinkSync(outside, join(media, 'shelf'));
    await expect(source.lookup(id)!.open()).rejects.toThrow(ContentChangedError);
  });

  it('knows nothing but catalog ids: no path, no other form of an id', () => {
    const { source, share } = setUp();
    const id = share('a.mp4');
    for (const text of [
      '../a.mp4',
      '/etc/passwd',
      'a.mp4',
      `${id}\0`,
      ` ${id}`,
      id.toUpperCase(),
      `${id}/../x`,
      '',
    ])
      expect(source.lookup(text)).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => source.lookup(text) === null));
    expect(source.lookup('0'.repeat(64))).toBeNull();
    expect(source.lookup(id)).not.toBeNull();
  });
});
