import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireFfmpeg } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDescriber } from './describe.ts';

const ffmpeg = requireFfmpeg();
const CHAPTERS = [
  { startSeconds: 0, endSeconds: 2, title: 'Opening' },
  { startSeconds: 2, endSeconds: 5, title: 'A <b>story</b>' },
];

describe.skipIf(ffmpeg.skip)('the chapters of a film', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'giggityflix-chapters-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const describer = createDescriber({ extractMetadata: true, ffprobePath: ffmpeg.ffprobePath });
  const make = (name: string, chapters: readonly object[], args: readonly string[] = []) => {
    const list = (chapters as typeof CHAPTERS).map(
      ({ startSeconds, endSeconds, title }) =>
        `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${startSeconds * 1_000}\nEND=${endSeconds * 1_000}\ntitle=${title}\n`,
    );
    writeFileSync(join(folder, 'list.txt'), `;FFMETADATA1\n${list.join('')}`);
    execFileSync(ffmpeg.path, [
      ...['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc=size=64x36:rate=10:duration=5'],
      ...['-f', 'lavfi', '-i', 'sine=duration=5', '-i', join(folder, 'list.txt'), '-map', '0', '-map', '1'],
      ...['-map_chapters', '2', ...args, join(folder, name)],
    ]);
  };
  const chaptersOf = async (name: string) =>
    (await describer.describe({ dir: folder, name, sidecars: '' })).media.chapters;

  it.each([
    ['film.mkv', []],
    ['film.webm', ['-c:v', 'libvpx', '-c:a', 'libvorbis']],
    ['film.mp4', []],
    ['film.mov', []],
    ['film.wmv', []],
  ])('are those of %s', async (name, args) => {
    make(name, CHAPTERS, args);
    const found = await chaptersOf(name);
    expect(found.map(({ startSeconds, title }) => ({ startSeconds, title }))).toEqual(
      CHAPTERS.map(({ startSeconds, title }) => ({ startSeconds, title })),
    );
    for (const [index, { endSeconds }] of found.entries())
      expect(Math.abs(endSeconds! - CHAPTERS[index]!.endSeconds)).toBeLessThan(0.2);
  });

  it('are those of an MP4 film that lists them in its user data alone', async () => {
    make('list.mp4', CHAPTERS);
    // Without its name the track of chapters is one of text.
    const bytes = readFileSync(join(folder, 'list.mp4'));
    const at = bytes.indexOf('chap');
    expect(at).toBeGreaterThan(0);
    bytes.write('chxx', at, 'latin1');
    writeFileSync(join(folder, 'list.mp4'), bytes);
    expect((await chaptersOf('list.mp4')).map(({ title }) => title)).toEqual(['Opening', 'A <b>story</b>']);
  });

  it('are those of an Ogg file that names them in its comments', async () => {
    const comments = ['CHAPTER001=00:00:00.000', 'CHAPTER001NAME=Opening', 'CHAPTER002=00:00:02.500'];
    make(
      'film.ogv',
      [],
      [
        ...['-c:v', 'libtheora', '-c:a', 'libvorbis'],
        ...comments.flatMap((comment) => ['-metadata:s:a', comment]),
      ],
    );
    expect(await chaptersOf('film.ogv')).toMatchObject([
      { startSeconds: 0, title: 'Opening' },
      { startSeconds: 2.5, title: null },
    ]);
  });

  it('are in order, bounded, and without line breaks, whatever the file says', async () => {
    const many = Array.from({ length: 600 }, (_, index) => ({
      startSeconds: index / 200,
      endSeconds: 4,
      title: `a\\\nb\u0007 ${'x'.repeat(300)}`,
    }));
    make('film.mkv', many);
    const found = await chaptersOf('film.mkv');
    expect(found.length).toBeLessThanOrEqual(500);
    expect(found.length).toBeGreaterThan(100);
    const starts = found.map(({ startSeconds }) => startSeconds);
    expect(starts).toEqual([...starts].sort((one, other) => one - other));
    for (const { title, endSeconds } of found) {
      expect(title!.length).toBeLessThanOrEqual(200);
      expect(title).toMatch(/^[^\n\r]*$/);
      expect(endSeconds === null || endSeconds > 0).toBe(true);
    }
  });
});
