import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { requireFfmpeg } from '@giggityflix/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import { sniffContainer } from '../containers/containers.ts';
import { readHead } from '../containers/input.ts';
import { type Beyond, survey } from './beyond-headers.ts';
import { createDescriber, HEADERS_DEPTH } from './describe.ts';
import { probeWithFfprobe } from './ffprobe.ts';
import { probeFile } from './probe.ts';

const ffmpeg = requireFfmpeg();

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc=d=2:s=64x48:r=5'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=d=2'];
const H264 = ['-c:v', 'libx264', '-c:a', 'aac'];
const WORDS = '1\n00:00:00,000 --> 00:00:01,000\nHello\n';
const CHAPTERS = ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n';

function film(name: string, args: (dir: string) => string[]): { dir: string; name: string } {
  const dir = temporaryDir();
  writeFileSync(join(dir, 'words.srt'), WORDS);
  writeFileSync(join(dir, 'chapters.txt'), CHAPTERS);
  execFileSync(ffmpeg.path, ['-v', 'error', ...PICTURE, ...SOUND, ...args(dir), join(dir, name)]);
  return { dir, name };
}

async function withInput<T>(
  path: string,
  work: (input: Parameters<typeof survey>[0]) => Promise<T>,
): Promise<T> {
  const handle = await open(path);
  try {
    return await work({ handle, path, container: sniffContainer(await readHead(handle))! });
  } finally {
    await handle.close();
  }
}

const withSubtitles = (codec: string) => (dir: string) => [
  ...['-i', join(dir, 'words.srt'), '-map', '0', '-map', '1', '-map', '2', ...H264, '-c:s', codec],
];
const withChapters = (dir: string) => ['-i', join(dir, 'chapters.txt'), '-map_chapters', '2', ...H264];

const FILMS: [string, string, Beyond, (dir: string) => string[]][] = [
  ['picture and sound', 'a.mp4', 'nothing', () => H264],
  ['picture and sound, its index first', 'a.mp4', 'nothing', () => [...H264, '-movflags', '+faststart']],
  [
    'picture and sound in fragments',
    'a.mp4',
    'nothing',
    () => [...H264, '-movflags', '+frag_keyframe+empty_moov'],
  ],
  ['picture and sound', 'a.mov', 'nothing', () => H264],
  ['picture and sound', 'a.mkv', 'nothing', () => H264],
  ['picture and sound', 'a.webm', 'nothing', () => ['-c:v', 'libvpx', '-c:a', 'libopus']],
  ['a title among its tags', 'a.mkv', 'nothing', () => [...H264, '-metadata', 'title=A film']],
  ['subtitles', 'a.mp4', 'tracks', withSubtitles('mov_text')],
  ['subtitles', 'a.mkv', 'tracks', withSubtitles('srt')],
  ['subtitles', 'a.mkv', 'tracks', withSubtitles('ass')],
  ['chapters', 'a.mp4', 'tracks', withChapters],
  ['chapters', 'a.mkv', 'tracks', withChapters],
  [
    'the tags of a show',
    'a.mp4',
    'tags',
    () => [...H264, '-metadata', 'show=A show', '-metadata', 'episode_sort=3'],
  ],
  [
    'the tags of a show',
    'a.mkv',
    'tags',
    () => [...H264, '-metadata', 'SHOW=A show', '-metadata', 'EPISODE=3'],
  ],
  ['packets of 188 bytes', 'a.ts', 'tags', () => H264],
];

describe.skipIf(ffmpeg.skip)('what a film holds beyond picture and sound', () => {
  it.each(FILMS)('%s in %s: %s', async (_, name, beyond, args) => {
    const made = film(name, args);
    const path = join(made.dir, name);
    expect(await withInput(path, survey)).toEqual({ beyond, isEncrypted: false });
    const describer = createDescriber({ extractMetadata: true, ffprobePath: ffmpeg.ffprobePath });
    const { depth } = await describer.describe({ ...made, sidecars: '' }, { isHasty: true });
    expect(depth).toBe(beyond === 'tracks' ? HEADERS_DEPTH : await describer.depth);
    if (beyond !== 'nothing') return;
    const [own, theirs] = await withInput(path, async (input) => [
      await probeFile(input),
      await probeWithFfprobe(input, ffmpeg.ffprobePath),
    ]);
    if (!own || typeof theirs === 'string') throw new Error('it cannot be read');
    expect(
      own.tracks.map(({ kind, codec, width, height, channels }) => [kind, codec, width, height, channels]),
    ).toEqual(
      theirs.tracks.map(({ kind, codec, width, height, channels }) => [kind, codec, width, height, channels]),
    );
    expect(theirs.chapters).toEqual([]);
    expect(theirs.tags).toBeUndefined();
  });
});

it('of a container whose parts are noise anything may be held, and nothing of it is read for long', async () => {
  const dir = temporaryDir();
  const path = join(dir, 'noise.mkv');
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(
        Buffer.from('\x1a\x45\xdf\xa3\x80', 'latin1'),
        Buffer.from('\0\0\0\x08ftyp\0\0\0\0moov', 'latin1'),
      ),
      fc.uint8Array({ maxLength: 2_000 }),
      async (head, rest) => {
        writeFileSync(path, Buffer.concat([head, rest]));
        const found = await withInput(path, (input) =>
          survey({ ...input, container: input.container ?? { name: 'mp4', demuxer: 'mov' } }),
        );
        expect(['nothing', 'tracks', 'tags']).toContain(found.beyond);
      },
    ),
    { numRuns: 200 },
  );
});
