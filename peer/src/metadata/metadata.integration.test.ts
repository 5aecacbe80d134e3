// cspell:ignore Сталкер Привет Ста
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { requireFfmpeg } from '@giggityflix/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import { sidecarsOf } from '../../testing/library.ts';
import { writeTinyFilm } from '../../testing/tiny-film.ts';
import { createDescriber } from './describe.ts';
import { parseNfo } from './nfo-facts.ts';
import { findTruncation } from './truncation.ts';

const ffmpeg = requireFfmpeg();
const inspect = async (dir: string, name: string, ffprobePath = '/nonexistent/ffprobe') => {
  const describer = createDescriber({ extractMetadata: true, ffprobePath });
  const { media } = await describer.describe({ dir, name, sidecars: sidecarsOf(dir, name) });
  return media;
};

describe('a film', () => {
  it.each([
    { format: 'mp4', container: 'mp4', mimeType: 'video/mp4' },
    { format: 'mkv', container: 'matroska', mimeType: 'video/x-matroska' },
  ] as const)(
    'in $format gives its codecs, duration, resolution and language',
    async ({ format, container, mimeType }) => {
      const dir = temporaryDir();
      const name = `Tiny Film (2025).${format}`;
      await writeTinyFilm(join(dir, name), { format, seconds: 3, language: 'fra' });
      expect(await inspect(dir, name)).toMatchObject({
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
    for (const other of ['other.srt', 's1e20.en.srt', 's1e2', 's1e2.txt'])
      writeFileSync(join(dir, other), '');
    expect(await inspect(dir, 's1e2.mp4')).toMatchObject({
      title: 'Show & Tell',
      year: 2011,
      season: 1,
      episode: 2,
      kind: 'EPISODE',
      subtitles: ['s1e2.en.srt'],
    });
  });

  it.skipIf(ffmpeg.skip)('gives its chapters, subtitle tracks and languages by ffprobe', async () => {
    const dir = temporaryDir();
    const plain = join(dir, 'plain.mkv');
    await writeTinyFilm(plain, { format: 'mkv', language: 'fre' });
    writeFileSync(
      join(dir, 'chapters.txt'),
      ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=Op\\\nening\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\n',
    );
    writeFileSync(join(dir, 'words.srt'), '1\n00:00:00,000 --> 00:00:01,000\nHello\n');
    execFileSync(ffmpeg.path, [
      ...['-v', 'fatal', '-i', plain, '-i', join(dir, 'words.srt'), '-i', join(dir, 'chapters.txt')],
      ...['-map', '0', '-map', '1', '-map_chapters', '2', '-c', 'copy', '-c:s', 'srt'],
      ...['-metadata:s:s:0', 'language=ger', '-metadata:s:s:0', 'title=For all', join(dir, 'film.mkv')],
    ]);
    const media = await inspect(dir, 'film.mkv', ffmpeg.ffprobePath);
    expect(media).toMatchObject({ videoCodec: 'vp9', language: 'fra' });
    expect(media.chapters).toEqual([
      { title: 'Op ening', startSeconds: 0, endSeconds: 1 },
      { title: null, startSeconds: 1, endSeconds: 2 },
    ]);
    expect(media.tracks.map(({ kind, codec, language, name }) => [kind, codec, language, name])).toEqual([
      ['VIDEO', 'vp9', null, null],
      ['AUDIO', 'opus', 'fra', null],
      ['SUBTITLE', 'srt', 'deu', 'For all'],
    ]);
    expect((await inspect(dir, 'film.mkv')).chapters).toEqual([]);
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
      const handle = await open(path);
      expect(await findTruncation(handle)).toBeNull();
      await handle.close();
      for (let share = 1; share < 10; share += 1) {
        const name = `cut.${format}`;
        writeFileSync(join(dir, name), whole.subarray(0, Math.floor((whole.length * share) / 10)));
        await expect(inspect(dir, name)).rejects.toThrow(/cut off|no index|not a readable/);
      }
    },
  );

  it('that is noise is refused with the reason, and one of an unknown container is left to others', async () => {
    const dir = temporaryDir();
    writeFileSync(join(dir, 'noise.mp4'), Buffer.alloc(5_000, 7));
    await expect(inspect(dir, 'noise.mp4')).rejects.toThrow('not a readable .mp4 file');
    writeFileSync(join(dir, 'old.avi'), 'RIFF\0\0\0\0AVI LIST');
    expect(await inspect(dir, 'old.avi')).toMatchObject({
      mimeType: 'video/x-msvideo',
      title: 'old',
    });
  });
});

describe.skipIf(ffmpeg.skip)('a film whose name says nothing', () => {
  const tagged = async (name: string, tags: Record<string, string>) => {
    const dir = temporaryDir();
    const metadata = Object.entries(tags).flatMap(([key, value]) => ['-metadata', `${key}=${value}`]);
    const args = [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'testsrc=d=1:s=64x48:r=5',
      '-c:v',
      'mpeg4',
      ...metadata,
    ];
    execFileSync(ffmpeg.path, [...args, join(dir, name)]);
    const media = await inspect(dir, name, ffmpeg.ffprobePath);
    const again = await createDescriber({
      extractMetadata: true,
      ffprobePath: ffmpeg.ffprobePath,
    }).redescribe(media, { dir, name, sidecars: '' });
    expect(again).toEqual(media);
    return media;
  };
  const episode = { show: 'A Show', season_number: '2', episode_sort: '5', title: 'Pilot' };

  it('is what its tags say', async () => {
    expect(await tagged('video.mp4', episode)).toMatchObject({
      title: 'A Show',
      season: 2,
      episode: 5,
      kind: 'EPISODE',
    });
    expect(await tagged('video.mp4', { title: 'Some Story', date: '1999', media_type: '9' })).toMatchObject({
      title: 'Some Story',
      year: 1999,
      kind: 'MOVIE',
    });
  });

  it('stays a clip when they do not say what it is, and a name that does stands above them', async () => {
    expect(await tagged('video.mp4', { title: 'Untitled' })).toMatchObject({ title: 'video', kind: 'CLIP' });
    expect(await tagged('Film (1999).mp4', episode)).toMatchObject({ title: 'Film', kind: 'MOVIE' });
  });
});

describe('an .nfo', () => {
  it('of a film gives title and year; any other text gives nothing', () => {
    expect(parseNfo('<movie><title>One</title><year>2001</year></movie>')).toEqual({
      title: 'One',
      year: 2001,
      kind: 'MOVIE',
      season: null,
      episode: null,
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

  it('of an episode leaves to the file name what it does not say, and of several counts the first', () => {
    const one = '<episodedetails><title>One</title><showtitle>Show</showtitle></episodedetails>';
    expect(parseNfo(one)).toEqual({ title: 'Show', kind: 'EPISODE', episodeTitle: 'One' });
    const two = '<episodedetails><title>Two</title><episode>2</episode></episodedetails>';
    expect(parseNfo(two + one)).toEqual({ episodeTitle: 'Two', kind: 'EPISODE', episode: 2 });
  });

  it.each([
    [
      '<movie><title lang="en">Am&eacute;lie &#233;&#xE9; &amp; &lt;co&gt;</title></movie>',
      'Amélie éé & <co>',
    ],
    [
      '<?xml version="1.0"?>\n<!-- x -->\n<movie id="1"><title><![CDATA[A & B]]></title></movie>\nhttps://a.example/1',
      'A & B',
    ],
    ['<MOVIE><TITLE>Up</TITLE></MOVIE>', 'Up'],
    ['<movie><title><i/>Text</title><title>Second</title></movie>', 'Text'],
    ['<movie><title>Tom & Jerry</title></movie>', 'Tom & Jerry'],
  ])('%j has the title %j', (text, title) => {
    expect(parseNfo(text).title).toBe(title);
  });

  it('in an old encoding is read by what it declares, or by its letters', async () => {
    const dir = temporaryDir();
    await writeTinyFilm(join(dir, 'film.mp4'), { format: 'mp4' });
    const stalker = Buffer.from([0xd1, 0xf2, 0xe0, 0xeb, 0xea, 0xe5, 0xf0]);
    for (const declaration of [
      '',
      '<?xml version="1.0" encoding="windows-1251"?>',
      '<?xml version="1.0" encoding="UTF-8"?>',
    ]) {
      const parts = [`${declaration}<movie><title>`, stalker, '</title><year>1979</year></movie>'];
      writeFileSync(join(dir, 'film.nfo'), Buffer.concat(parts.map((part) => Buffer.from(part))));
      expect(await inspect(dir, 'film.mp4')).toMatchObject({ title: 'Сталкер', year: 1979, kind: 'MOVIE' });
    }
  });

  it('of an episode gives nothing its show’s name that is its own', async () => {
    const dir = temporaryDir();
    await writeTinyFilm(join(dir, 'x.mp4'), { format: 'mp4' });
    writeFileSync(
      join(dir, 'x.nfo'),
      '<episodedetails><title>Pilot</title><season>1</season><episode>1</episode></episodedetails>',
    );
    expect(await inspect(dir, 'x.mp4')).toMatchObject({
      title: 'Pilot',
      kind: 'CLIP',
      season: null,
      episode: null,
    });
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

it.skipIf(ffmpeg.skip)('reads what only ffprobe knows', async () => {
  const dir = temporaryDir();
  const path = join(dir, 'clip.avi');
  execFileSync(ffmpeg.path, [
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
  expect(await inspect(dir, 'clip.avi', ffmpeg.ffprobePath)).toMatchObject({
    container: 'avi',
    videoCodec: 'mpeg4',
    width: 64,
    durationSeconds: 1,
  });
});
