import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCatalogId } from '@giggityflix/proto/catalog-id';
import { describe, expect, it } from 'vitest';
import { silent, temporaryDir } from '../../testing/harness.ts';
import type { ContentSource } from '../content/content-source.ts';
import { createPictureCache } from './cache.ts';
import { createScreenshots } from './screenshots.ts';

const ID = parseCatalogId('ab'.repeat(32))!;

function setUp(
  options: { path?: string; ffmpegPath?: string; ffprobePath?: string | undefined; cacheBytes?: number } = {},
) {
  const dataDir = temporaryDir();
  const path = options.path ?? join(dataDir, 'film.mp4');
  const content: ContentSource = {
    lookup: (catalogId) =>
      catalogId === ID
        ? ({
            catalogId,
            path,
            durationSeconds: 4,
            isAvailable: async () => true,
            open: () => open(path),
          } as never)
        : null,
  };
  const screenshots = createScreenshots(
    {
      ffmpegPath: options.ffmpegPath ?? 'ffmpeg',
      ...(options.ffprobePath === undefined ? {} : { ffprobePath: options.ffprobePath }),
      dataDir,
      cacheBytes: options.cacheBytes ?? 1e6,
    },
    { content, logger: silent },
  );
  const cached = () => readdirSync(join(dataDir, 'screenshots'));
  return { dataDir, path, screenshots, cached };
}

describe('screenshots', () => {
  it('are small pictures spread over the film, taken once', async ({ skip }) => {
    const { path, screenshots, cached, dataDir } = setUp();
    const args = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=d=4:s=640x360:r=5', '-c:v', 'mpeg4', path];
    try {
      execFileSync('ffmpeg', args);
    } catch {
      skip('FFmpeg is not installed');
    }
    const pictures = await screenshots.capture(ID, 3);
    expect(pictures.map(({ index, atSeconds, width, height }) => [index, atSeconds, width, height])).toEqual([
      [0, 1, 480, 270],
      [1, 2, 480, 270],
      [2, 3, 480, 270],
    ]);
    expect(cached()).toHaveLength(3);
    const taken = statSync(join(dataDir, 'screenshots', cached()[0]!)).ino;
    expect((await screenshots.capture(ID, 3))[0]!.data).toEqual(pictures[0]!.data);
    expect(statSync(join(dataDir, 'screenshots', cached()[0]!)).ino).toBe(taken);
  });

  it('show the film as it is watched: not its cover, in square pixels, upright', async ({ skip }) => {
    const dir = temporaryDir();
    const make = (name: string, ...args: string[]) => {
      execFileSync('ffmpeg', ['-y', '-v', 'error', ...args, join(dir, name)]);
      return join(dir, name);
    };
    const source = (size: string) => ['-f', 'lavfi', '-i', `testsrc=d=4:s=${size}:r=5`];
    const h264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
    try {
      make('flat.mp4', ...source('320x180'), ...h264);
    } catch {
      skip('FFmpeg is not installed');
    }
    const hdr = make(
      'hdr.mkv',
      // As bright as white on a usual screen.
      ...['-f', 'lavfi', '-i', 'color=d=4:s=64x36:r=5,format=yuv420p10le,geq=lum=509:cb=512:cr=512'],
      ...['-c:v', 'libx265', '-x265-params', 'log-level=error', '-color_trc', 'smpte2084'],
      ...['-color_primaries', 'bt2020', '-colorspace', 'bt2020nc'],
    );
    const brightness = async (ffprobePath?: string) => {
      const [picture] = await setUp({ path: hdr, ffprobePath }).screenshots.capture(ID, 1);
      const pixels = execFileSync(
        'ffmpeg',
        ['-v', 'error', '-i', '-', '-pix_fmt', 'gray', '-f', 'rawvideo', '-'],
        {
          input: picture?.data,
        },
      );
      return pixels[pixels.length / 2];
    };
    expect(await brightness('ffprobe')).toBeGreaterThan(((await brightness()) ?? 0) + 20);
    const size = async (path: string) => {
      const [picture] = await setUp({ path }).screenshots.capture(ID, 1);
      return [picture?.width, picture?.height];
    };
    const wide = make('wide.mkv', ...source('720x576'), '-vf', 'setsar=64/45', ...h264);
    expect(await size(wide)).toEqual([480, 270]);
    const turned = make(
      'turned.mp4',
      '-i',
      join(dir, 'flat.mp4'),
      '-c',
      'copy',
      '-metadata:s:v',
      'rotate=90',
    );
    expect(await size(turned)).toEqual([480, 854]);
    const corpus = new URL('../../../tests/media/corpus/cover-first.mp4', import.meta.url);
    expect(await size(fileURLToPath(corpus))).toEqual([480, 270]);
    const cover = make('cover.jpg', ...source('200x100'), '-frames:v', '1');
    const song = make(
      'song.mp3',
      ...['-i', cover, '-f', 'lavfi', '-i', 'sine=duration=4', '-map', '0', '-map', '1', '-c:v', 'copy'],
      ...['-disposition:v', 'attached_pic'],
    );
    expect(await size(song)).toEqual([480, 240]);
  });

  it('say what is missing', async () => {
    const { screenshots } = setUp({ ffmpegPath: '/nonexistent/ffmpeg' });
    expect(await screenshots.available()).toBe(false);
    await expect(screenshots.capture(ID, 1)).rejects.toThrow('FFmpeg is not installed');
    await expect(screenshots.capture(parseCatalogId('cd'.repeat(32))!, 1)).rejects.toThrow('does not share');
  });
});

it('the cache removes what was used longest ago, and never holds more than its size', async () => {
  const dir = temporaryDir();
  const cache = createPictureCache({ dir, maxBytes: 2_500 });
  /** Files of one millisecond would be equally old. */
  const later = () => expect.poll(() => Date.now()).toBeGreaterThan(Date.now());
  for (const key of ['a', 'b']) {
    await cache.put(key, Buffer.alloc(1_000));
    await later();
  }
  expect(await cache.get('a')).not.toBeNull();
  await later();
  await cache.put('c', Buffer.alloc(1_000));
  expect(await cache.get('b')).toBeNull();
  expect(await cache.get('a')).not.toBeNull();
  await cache.put('huge', Buffer.alloc(5_000));
  expect(readdirSync(dir)).toHaveLength(2);
});
