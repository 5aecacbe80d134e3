import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { requireFfmpeg } from '@giggityflix/testing/processes';
import { hashFile } from '../src/hashing/hash-file.ts';
import { writeTinyFilm } from './tiny-film.ts';

/** Names as people, cameras and other systems make them. */
const NAMES = [
  (i: number) => `film ${i}`,
  (i: number) => `Ein Film für ${i} Übermütige (2019)`,
  (i: number) => `decomposed u\u0308 ${i}`,
  (i: number) => `映画 ${i} 🎬`,
  (i: number) => `فيلم ${i}`,
  (i: number) => `in "two"\nlines ${i}`,
  (i: number) => `Some.Show.S0${1 + (i % 9)}E${i}.1080p`,
  (i: number) => `-rf * $(${i})`,
  (i: number) => `${i} ${'long '.repeat(45)}`,
];

/** A library on disk, and what a daemon that shares it must say of it. */
export type MediaTree = Awaited<ReturnType<typeof createMediaTree>>;

/**
 * Makes films whose structure is real (by FFmpeg where it is installed) and whose bytes differ, in nested folders with
 * names of all kinds. The same seed makes the same choices.
 */
export async function createMediaTree(root: string, seed: number) {
  const bases = await makeBases();
  const ids = new Map<string, string>();
  let state = seed;
  let written = 0;
  /** Pseudo-random, from 0 to `below` (mulberry32). */
  const random = (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
  const folder = () =>
    join(root, `shelf ${random(23)}`, ...Array.from({ length: random(4) }, () => `böx ${random(5)}`));
  /** Files that stay as they are, because a link leads to them or is one. */
  const fixed = new Set<string>();
  let paths: string[] = [];
  /** A path that may be changed. Their list is made anew only now and then: it may be long. */
  const pick = (): string => {
    for (let misses = 0; ; misses += 1) {
      if (misses === 0 ? paths.length === 0 : misses % 10 === 0) paths = [...ids.keys()];
      const path = paths[random(paths.length)]!;
      if (ids.has(path) && !fixed.has(path)) return path;
    }
  };
  const put = (path: string, bytes: Buffer) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    ids.set(path, Buffer.from(hashFile({ path, algorithms: [] }).root).toString('hex'));
  };
  /** A film no other has the bytes of: readers skip what is behind its end, and what is in a box of that name. */
  const film = (extension: string): Buffer => {
    const note = Buffer.from(`film ${seed} ${written} ${random(1e9)}`.padEnd(40 + random(200)));
    const box = Buffer.alloc(8);
    box.writeUInt32BE(note.length + 8, 0);
    box.write('free', 4);
    return Buffer.concat([bases[extension]!, box, note]);
  };
  const extensions = Object.keys(bases);

  const tree = {
    /** Catalog ids by the paths of the files that are to be shared. */
    ids,
    add(): void {
      const extension = extensions[random(extensions.length)]!;
      const name = NAMES[written % NAMES.length]!(written);
      put(join(folder(), `${name}${extension}`), film(extension));
      written += 1;
    },
    copy(): void {
      const from = pick();
      const to = join(folder(), `copy ${written}${from.slice(from.lastIndexOf('.'))}`);
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(from, to);
      ids.set(to, ids.get(from)!);
      written += 1;
    },
    change(): void {
      const path = pick();
      put(path, film(path.slice(path.lastIndexOf('.'))));
    },
    remove(): void {
      const path = pick();
      rmSync(path);
      ids.delete(path);
    },
    move(): void {
      const from = pick();
      const to = join(folder(), `moved ${written}${from.slice(from.lastIndexOf('.'))}`);
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
      ids.set(to, ids.get(from)!);
      ids.delete(from);
      written += 1;
    },
    moveFolder(): void {
      const from = dirname(pick());
      if ([...fixed].some((path) => path.startsWith(`${from}/`))) return;
      const to = join(root, `moved folder ${written}`);
      renameSync(from, to);
      for (const [path, id] of [...ids])
        if (path.startsWith(`${from}/`)) {
          ids.delete(path);
          ids.set(to + path.slice(from.length), id);
        }
      written += 1;
    },
    /** What lies in libraries besides films. */
    addOddities(): void {
      const odd = join(root, 'odd');
      mkdirSync(join(odd, 'folder.mp4'), { recursive: true });
      symlinkSync('.', join(odd, 'loop'));
      symlinkSync('..', join(odd, 'folder.mp4', 'up'));
      symlinkSync('circle.mp4', join(odd, 'circle.mp4'));
      symlinkSync('nowhere.mp4', join(odd, 'dangling.mp4'));
      symlinkSync('/etc/hostname', join(odd, 'outside.mp4'));
      execFileSync('mkfifo', [join(odd, 'pipe.mp4')]);
      writeFileSync(join(odd, 'empty.mp4'), '');
      writeFileSync(join(odd, 'noise.mkv'), 'no film');
      writeFileSync(join(odd, 'cut.mp4'), bases['.mp4']!.subarray(0, -100));
      writeFileSync(join(odd, 'notes.txt'), 'not looked at');
      const linked = join(odd, 'link inside.mp4');
      const target = [...ids.keys()].find((path) => path.endsWith('.mp4'))!;
      symlinkSync(target, linked);
      ids.set(linked, ids.get(target)!);
      fixed.add(linked).add(target);
      // Nothing is unreadable to root.
      if (process.getuid?.() === 0) return;
      writeFileSync(join(odd, 'secret.mp4'), film('.mp4'), { mode: 0 });
      tree.unreadable += 1;
    },
    /** Number of films that may not be read. */
    unreadable: 0,
  };
  return tree;
}

async function makeBases(): Promise<Record<string, Buffer>> {
  const dir = mkdtempSync(join(tmpdir(), 'peer-films-'));
  try {
    const ffmpeg = requireFfmpeg();
    const bases: Record<string, Buffer> = {};
    for (const format of ['mp4', 'mkv'] as const) {
      const path = join(dir, `film.${format}`);
      if (ffmpeg.skip) await writeTinyFilm(path, { format });
      else
        execFileSync(ffmpeg.path, [
          ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=d=1:s=64x48:r=5', '-f', 'lavfi', '-i', 'sine=d=1'],
          ...[
            '-c:v',
            'libx264',
            '-pix_fmt',
            'yuv420p',
            '-c:a',
            'aac',
            '-metadata:s:a:0',
            'language=deu',
            path,
          ],
        ]);
      bases[`.${format}`] = readFileSync(path);
    }
    return bases;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
