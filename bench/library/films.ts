import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Small real films of several containers, from which any number with other bytes is made. */
export interface FilmMaker {
  /** Writes a film whose bytes nobody had before; it appears under its name at once, as a finished download does. */
  write(path: string, index: number): void;
  /** Its name, with the ending of its container. */
  name(index: number): string;
}

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc=d=2:s=160x90:r=10'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=d=2:f=440'];
const CODECS: Readonly<Record<string, readonly string[]>> = {
  mp4: ['-c:v', 'libx264', '-c:a', 'aac'],
  mkv: ['-c:v', 'libx264', '-c:a', 'aac'],
  webm: ['-c:v', 'libvpx', '-c:a', 'libopus'],
};
const ENDINGS = Object.keys(CODECS);

export function createFilmMaker(): FilmMaker {
  const dir = mkdtempSync(join(tmpdir(), 'bench-films-'));
  const samples = ENDINGS.map((ending) => {
    const path = join(dir, `sample.${ending}`);
    execFileSync('ffmpeg', ['-v', 'error', ...PICTURE, ...SOUND, ...CODECS[ending]!, path]);
    return readFileSync(path);
  });
  rmSync(dir, { recursive: true, force: true });
  const endingOf = (index: number) => ENDINGS[index % ENDINGS.length]!;
  return {
    name: (index) => `Numbered Film ${index} (${1950 + (index % 70)}).${endingOf(index)}`,
    write(path, index) {
      const filling = endingOf(index) === 'mp4' ? mp4Filling() : matroskaFilling();
      const temporary = `${path}.part`;
      writeFileSync(temporary, Buffer.concat([samples[index % ENDINGS.length]!, filling]));
      renameSync(temporary, path);
    },
  };
}

/** Writes films into folders of a hundred. */
export function writeLibrary(films: FilmMaker, dir: string, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const folder = join(dir, `Shelf ${Math.floor(index / 100)}`);
    if (index % 100 === 0) mkdirSync(folder, { recursive: true });
    films.write(join(folder, films.name(index)), index);
  }
}

const RANDOM_BYTES = 32;

/** A `free` box (ISO/IEC 14496-12). */
function mp4Filling(): Buffer {
  const header = Buffer.from('????free');
  header.writeUInt32BE(header.byteLength + RANDOM_BYTES);
  return Buffer.concat([header, randomBytes(RANDOM_BYTES)]);
}

/** A Void element (RFC 8794). */
function matroskaFilling(): Buffer {
  return Buffer.concat([Buffer.from([0xec, 0x80 | RANDOM_BYTES]), randomBytes(RANDOM_BYTES)]);
}
