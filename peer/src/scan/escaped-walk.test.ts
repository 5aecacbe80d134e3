import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import { toBytes } from '../files/escaped-names.ts';
import { type KnownFiles, walk } from './walk.ts';

const nothing: KnownFiles = { inDirectory: () => [], directoriesBelow: () => [] };

const bytes = (latin: string) => Buffer.from(latin, 'latin1');

/** Names as other systems wrote them, and the text of each. */
const NAMES: [string, Buffer, string][] = [
  ['Shift-JIS', bytes('\x89f\x89\xe6.mkv'), '\\x89f\\x89\\xE6.mkv'],
  ['Shift-JIS with a backslash in a letter', bytes('\x83\\.mp4'), '\\x83\\x5C.mp4'],
  ['GBK', bytes('\xb5\xe7\xd3\xb0.mp4'), '\\xB5\\xE7\\xD3\\xB0.mp4'],
  ['an overlong slash', bytes('a\xc0\xafb.mp4'), 'a\\xC0\\xAFb.mp4'],
  ['an overlong dot', bytes('\xe0\x80\xae\xe0\x80\xae.mp4'), '\\xE0\\x80\\xAE\\xE0\\x80\\xAE.mp4'],
  ['half of a surrogate pair', bytes('\xed\xa0\x80.mp4'), '\\xED\\xA0\\x80.mp4'],
  ['a cut sequence', bytes('caf\xc3.mp4'), 'caf\\xC3.mp4'],
  ['a line end and an escape sequence', bytes('two\nlines \x1b[31m.mp4'), 'two\nlines \x1b[31m.mp4'],
];

it.runIf(process.platform === 'linux')(
  'names of any bytes are found under texts that lead back to them',
  () => {
    const root = temporaryDir();
    const folder = Buffer.concat([Buffer.from(join(root, '')), bytes('/\xc5st\xe9rix')]);
    mkdirSync(folder);
    for (const [, name] of NAMES)
      for (const dir of [Buffer.from(root), folder])
        writeFileSync(Buffer.concat([dir, Buffer.from('/'), name]), 'film');
    const rules = { roots: [root], extensions: ['.mkv', '.mp4'], excludeDirs: [] };
    const found = [...walk(root, root, rules, nothing, { recursive: true })].flatMap((event) =>
      event.kind === 'found' ? [join(event.file.dir, event.file.name)] : [],
    );
    const texts = NAMES.map(([, , text]) => text);
    const escaped = join(root, '\\xC5st\\xE9rix');
    expect(found.sort()).toEqual(
      [...texts.map((text) => join(root, text)), ...texts.map((text) => join(escaped, text))].sort(),
    );
    const known = new Set(
      NAMES.flatMap(([, name]) => [
        Buffer.concat([Buffer.from(`${root}/`), name]).toString('hex'),
        Buffer.concat([folder, Buffer.from('/'), name]).toString('hex'),
      ]),
    );
    for (const path of found) expect(known).toContain(toBytes(path).toString('hex'));
  },
);
