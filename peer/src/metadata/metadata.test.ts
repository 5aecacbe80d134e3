import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../testing/harness.ts';
import { writeTinyFilm } from '../testing/tiny-film.ts';
import { describeFile } from './describe.ts';
import { clean, parseFileName } from './names.ts';
import { parseNfo } from './sidecars.ts';
import { findTruncation } from './truncation.ts';

const CONFIG = { extractMetadata: true, ffprobePath: '/nonexistent/ffprobe' };

describe('a file name', () => {
  it.each([
    ['Counting Seconds (2026).mp4', { title: 'Counting Seconds', year: 2026, kind: 'MOVIE', episode: null }],
    ['The.Long.Film.1999.1080p.BluRay.x264-GROUP.mkv', { title: 'The Long Film', year: 1999, kind: 'MOVIE' }],
    ['Some.Show.S02E05.720p.WEB-DL.mkv', { title: 'Some Show', season: 2, episode: 5, kind: 'EPISODE' }],
    ['A Show/Season 3/07 - The Title.mkv', { title: 'A Show', season: 3, episode: 7, kind: 'EPISODE' }],
    ['holiday 🏖️\nat the sea.mov', { title: 'holiday 🏖️ at the sea', year: null, kind: 'CLIP' }],
  ])('%j tells the title, the year and the numbers', (path, expected) => {
    expect(parseFileName(path)).toMatchObject(expected);
  });

  it('of any kind gives a title of one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 255 }), (name) => {
        const { title, year, episode } = parseFileName(`${name}.mp4`);
        expect(title).not.toBe('');
        expect(title.length).toBeLessThanOrEqual(500);
        expect(title).toBe(clean(title));
        if (year !== null) expect(year).toBeGreaterThanOrEqual(1870);
        if (episode !== null) expect(Number.isInteger(episode)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a film', () => {
  it.each([
    { format: 'mp4', container: 'mp4', mimeType: 'video/mp4' },
    { format: 'mkv', container: 'matroska', mimeType: 'video/x-matroska' },
  ] as const)(
    'in $format tells its codecs, duration, resolution and language',
    async ({ format, container, mimeType }) => {
      const dir = temporaryDir();
      const name = `Tiny Film (2025).${format}`;
      await writeTinyFilm(join(dir, name), { format, seconds: 3, language: 'fra' });
      expect(await describeFile({ dir, name }, CONFIG)).toMatchObject({
        title: 'Tiny Film',
        year: 2025,
        container,
        mimeType,
        videoCodec: 'vp9',
        audioCodec: 'opus',
        durationSeconds: expect.closeTo(3, 0),
        width: 320,
        height: 180,
        language: 'fra',
      });
    },
  );

  it('is described by the files beside it', async () => {
    const dir = temporaryDir();
    await writeTinyFilm(join(dir, 's1e2.mp4'), { format: 'mp4' });
    writeFileSync(
      join(dir, 's1e2.nfo'),
      '<episodedetails><title>Two</title><showtitle>Show &amp; Tell</showtitle><season>1</season><episode>2</episode><aired>2011-02-03</aired></episodedetails>',
    );
    writeFileSync(join(dir, 's1e2.en.srt'), '');
    writeFileSync(join(dir, 'other.srt'), '');
    expect(await describeFile({ dir, name: 's1e2.mp4' }, CONFIG)).toMatchObject({
      title: 'Show & Tell',
      year: 2011,
      season: 1,
      episode: 2,
      kind: 'EPISODE',
      subtitles: ['s1e2.en.srt'],
    });
  });

  it.each([
    { format: 'mp4', fastStart: false },
    { format: 'mp4', fastStart: true },
    { format: 'mkv', fastStart: false },
  ] as const)(
    'cut off anywhere is found out ($format, index first: $fastStart)',
    async ({ format, fastStart }) => {
      const dir = temporaryDir();
      const path = join(dir, `whole.${format}`);
      await writeTinyFilm(path, { format, fastStart });
      const whole = readFileSync(path);
      expect(await findTruncation(path)).toBeNull();
      for (let share = 1; share < 10; share += 1) {
        const name = `cut.${format}`;
        writeFileSync(join(dir, name), whole.subarray(0, Math.floor((whole.length * share) / 10)));
        await expect(describeFile({ dir, name }, CONFIG)).rejects.toThrow(/cut off|no index|not a readable/);
      }
    },
  );

  it('that is noise is refused with the reason, and one of an unknown container is left to others', async () => {
    const dir = temporaryDir();
    writeFileSync(join(dir, 'noise.mp4'), Buffer.alloc(5_000, 7));
    await expect(describeFile({ dir, name: 'noise.mp4' }, CONFIG)).rejects.toThrow(
      'not a readable .mp4 file',
    );
    writeFileSync(join(dir, 'old.avi'), 'RIFF\0\0\0\0AVI LIST');
    expect(await describeFile({ dir, name: 'old.avi' }, CONFIG)).toMatchObject({
      mimeType: 'video/x-msvideo',
      title: 'old',
    });
  });
});

describe('an .nfo', () => {
  it('of a film gives title and year; any other text gives nothing', () => {
    expect(parseNfo('<movie><title>One</title><year>2001</year></movie>')).toEqual({
      title: 'One',
      year: 2001,
      kind: 'MOVIE',
    });
    for (const text of [
      '',
      'https://example.org/film',
      '<movie>',
      '<a/>',
      '<movie/>',
      '{}',
      '<!DOCTYPE x [<!ENTITY a "b">]><movie>&a;</movie>',
    ])
      expect(parseNfo(text).title).toBeUndefined();
  });

  it('is never a way to make the daemon fail', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200 }),
        (text) => void parseNfo(`<movie><title>${text}</title></movie>`),
      ),
    );
  });
});

it('reads what only ffprobe knows', async ({ skip }) => {
  const dir = temporaryDir();
  const path = join(dir, 'clip.avi');
  try {
    execFileSync('ffmpeg', [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'testsrc=d=1:s=64x48:r=5',
      '-c:v',
      'mpeg4',
      path,
    ]);
  } catch {
    skip('FFmpeg is not installed');
  }
  expect(await describeFile({ dir, name: 'clip.avi' }, { ...CONFIG, ffprobePath: 'ffprobe' })).toMatchObject({
    container: 'avi',
    videoCodec: 'mpeg4',
    width: 64,
    durationSeconds: 1,
  });
});
