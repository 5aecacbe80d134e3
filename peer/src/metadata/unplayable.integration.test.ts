// cspell:ignore JFIF cenc drmi frak ustar
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireFfmpeg } from '@giggityflix/testing';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import { createDescriber, UnplayableError } from './describe.ts';

const ffmpeg = requireFfmpeg();

async function reasonOf(name: string, bytes: Uint8Array): Promise<string | null> {
  const dir = temporaryDir();
  writeFileSync(join(dir, name), bytes);
  const describer = createDescriber({ extractMetadata: true, ffprobePath: ffmpeg.ffprobePath });
  try {
    await describer.describe({ dir, name, sidecars: '' });
    return null;
  } catch (error) {
    if (error instanceof UnplayableError) return error.message;
    throw error;
  }
}

const filled = (head: string) => Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(600, 'x')]);
const tar = Buffer.alloc(1_024);
tar.write('film.mkv', 0);
tar.write('ustar', 257);

const FOREIGN: [string, string, Buffer, string][] = [
  ['a ZIP archive', 'film.mkv', filled('PK\x03\x04'), 'a ZIP archive'],
  ['a RAR archive', 'film.mkv', filled('Rar!\x1a\x07\x01\x00'), 'a RAR archive'],
  ['a tar archive', 'film.mp4', tar, 'a tar archive'],
  ['a web page', 'film.mp4', filled('<!DOCTYPE html>\n<title>404</title>'), 'a web page'],
  ['a web page behind a blank line', 'film.mkv', filled('\r\n <html lang="en">'), 'a web page'],
  ['a playlist', 'film.mp4', filled('#EXTM3U\n#EXTINF:9,\nhttp://other.example/film.ts\n'), 'a playlist'],
  ['a script of FFmpeg', 'film.mkv', filled('ffconcat version 1.0\nfile /etc/passwd\n'), 'a playlist'],
  ['a text', 'film.mkv', filled('The film is not here any more.\n'), 'a text'],
  ['a program', 'film.mp4', filled('MZ\x90\x00\x03'), 'a program'],
  ['a picture', 'film.mp4', filled('\xff\xd8\xff\xe0\x00\x10JFIF'), 'a picture'],
  ['zeros, as a download reserves', 'film.mkv', Buffer.alloc(9_000), 'nothing but zeros'],
  ['zeros, as another download reserves', 'film.mp4', Buffer.alloc(100), 'nothing but zeros'],
  ['noise', 'film.mkv', Buffer.alloc(9_000, '\x07\xfe\x91'), 'none of the containers'],
];

describe('a file that is called a film', () => {
  it.each(FOREIGN)('and is %s (%s) is refused with what it is', async (_, name, bytes, words) => {
    expect(await reasonOf(name, bytes)).toContain(words);
  });
});

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc=d=2:s=64x48:r=5'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=d=2'];
const H264 = ['-c:v', 'libx264', '-c:a', 'aac'];
const KEY = [
  '-encryption_key',
  '76a6c65c5ea762046bd749a2e632ccbb',
  '-encryption_kid',
  'a7e61c373e219033c21091fa607bf3b8',
];

function film(name: string, ...args: string[]): Buffer {
  const path = join(temporaryDir(), name);
  execFileSync(ffmpeg.path, ['-v', 'error', ...PICTURE, ...SOUND, ...args, path]);
  return readFileSync(path);
}

/** Puts other bytes in place of the first ones like these behind a word. */
function exchanged(film: Buffer, old: string, fresh: string, behind = ''): Buffer {
  const changed = Buffer.from(film);
  const at = changed.indexOf(old, behind === '' ? 0 : changed.indexOf(behind), 'latin1');
  if (at < 0) throw new Error(`there is no ${old}`);
  changed.write(fresh, at, 'latin1');
  return changed;
}

const half = (film: Buffer) => film.subarray(0, Math.floor(film.length / 2));

function scrambled(film: Buffer): Buffer {
  const changed = Buffer.from(film);
  for (let at = 4 * 188; at < changed.length; at += 188) changed[at + 3] = changed[at + 3]! | 0x80;
  return changed;
}

/** A track whose content is encrypted, as Matroska has it: ContentEncodings. */
function encryptedMatroska(film: Buffer): Buffer {
  const changed = Buffer.from(film);
  const codec = changed.indexOf(Buffer.from('V_MPEG4/ISO/AVC', 'latin1'));
  // In place of the name of the codec, an element of 17 bytes.
  Buffer.from('6d808b6240885035850000000000ec8100', 'hex').copy(changed, codec - 2);
  return changed;
}

describe.skipIf(ffmpeg.skip)('a film', () => {
  it.each([
    [
      'sold with common encryption',
      'a.mp4',
      () => film('a.mp4', ...H264, '-encryption_scheme', 'cenc-aes-ctr', ...KEY),
      'encrypted',
    ],
    ['sold by iTunes', 'a.m4v', () => exchanged(film('a.mp4', ...H264), 'avc1', 'drmi', 'stsd'), 'encrypted'],
    ['recorded from a scrambled channel', 'a.ts', () => scrambled(film('a.ts', ...H264)), 'encrypted'],
    ['encrypted in Matroska', 'a.mkv', () => encryptedMatroska(film('a.mkv', ...H264)), 'encrypted'],
    [
      'of codecs nobody knows',
      'a.mkv',
      () => exchanged(film('a.mkv', ...H264), 'V_MPEG4/ISO/AVC', 'V_XXXX4/ISO/AVC'),
      'V_XXXX4/ISO/AVC',
    ],
    [
      'of codecs nobody knows',
      'a.mp4',
      () => exchanged(film('a.mp4', ...H264), 'avc1', 'zzzz', 'stsd'),
      'zzzz',
    ],
    ['without its index', 'a.mp4', () => exchanged(film('a.mp4', ...H264), 'moov', 'free'), 'no index'],
    [
      'whose index lacks its tracks',
      'a.mp4',
      () => exchanged(exchanged(film('a.mp4', ...H264), 'trak', 'frak'), 'trak', 'frak'),
      'neither a video nor an audio track',
    ],
    ['cut off', 'a.avi', () => half(film('a.avi', '-c:v', 'mpeg4', '-c:a', 'mp2')), 'cut off'],
    ['cut off', 'a.wmv', () => half(film('a.wmv', '-c:v', 'wmv2', '-c:a', 'wmav2')), 'cut off'],
    ['cut off', 'a.mkv', () => half(film('a.mkv', ...H264)), 'cut off'],
    [
      'of which the headers are noise',
      'a.mkv',
      () => Buffer.concat([film('a.mkv', ...H264).subarray(0, 5), Buffer.alloc(3_000, '\x91\x07\xfe')]),
      'film|track|readable',
    ],
  ])('%s (%s) is refused with the reason', async (_, name, bytes, words) => {
    expect(await reasonOf(name, bytes())).toMatch(new RegExp(words));
  });

  it.each([
    ['a.avi', ['-c:v', 'mpeg4', '-c:a', 'mp2']],
    ['a.wmv', ['-c:v', 'wmv2', '-c:a', 'wmav2']],
    ['a.ts', H264],
    ['a.mkv', H264],
    ['a.mov', H264],
    ['a.flv', H264],
    ['a.mpg', ['-c:v', 'mpeg2video', '-c:a', 'mp2', '-r', '25']],
    ['a.ogv', ['-c:v', 'libtheora', '-c:a', 'libvorbis']],
  ])('that is whole (%s) is not', async (name, args) => {
    expect(await reasonOf(name, film(name, ...args))).toBeNull();
  });
});
