import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireChromium, requireFfmpeg } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDescriber } from '../../peer/src/metadata/describe.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';
import { createLanes } from './lanes.ts';
import { listenTo } from './listening.ts';

const chromium = requireChromium();
const ffmpeg = requireFfmpeg();
const COVER_FIRST = fileURLToPath(new URL('../media/corpus/cover-first.mp4', import.meta.url));
const SECONDS = 6;
const TONE = 880;
const COMMENT_TONE = 3_520;

interface Shown {
  videoWidth: number;
  videoHeight: number;
  src: string;
}

/** Waits until something holds; `expect.poll` knows of no test where they run concurrently. */
const soon = (holds: () => Promise<void>) => vi.waitFor(holds, { timeout: 20_000, interval: 50 });
const hasEnded = (element: unknown) => (element as { ended: boolean }).ended;
const goOn = (element: unknown) => (element as { play(): Promise<void> }).play();

/** What peers and the page make of films together, seen and heard in the browser. */
describe.skipIf(chromium.skip || ffmpeg.skip)(
  'any film people have, in Chromium',
  { timeout: 90_000 },
  () => {
    const inLane = createLanes(2);
    const dir = mkdtempSync(join(tmpdir(), 'giggityflix-any-film-'));
    const describer = createDescriber({ extractMetadata: true, ffprobePath: ffmpeg.ffprobePath });
    let browser: Browser;

    beforeAll(async () => {
      browser = await launchBrowser(chromium.path);
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(dir, { recursive: true, force: true });
    });

    const picture = (size = '320x180', filters = 'null') => [
      ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25:duration=${SECONDS},${filters}`],
    ];
    const tone = (frequency = TONE) => [
      '-f',
      'lavfi',
      '-i',
      `sine=frequency=${frequency}:duration=${SECONDS}`,
    ];
    const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25'];
    const make = (name: string, ...args: string[]) => {
      const path = join(dir, name);
      execFileSync(ffmpeg.path, ['-y', '-v', 'error', ...args, path]);
      return path;
    };
    /** Shares a film, described as it is, by a peer that may convert it. */
    const openFilm = async (path: string, config = {}) => {
      const { media } = await describer.describe({
        dir: dirname(path),
        name: basename(path),
        sidecars: '[]',
      });
      const viewer = await openViewer(browser, readFileSync(path), {
        name: basename(path),
        durationSeconds: media.durationSeconds ?? SECONDS,
        container: media.container as string,
        videoCodec: media.videoCodec as string,
        audioCodec: media.audioCodec as string,
      });
      viewer.gateway.setPeers([
        viewer.addPeer({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath, ...config }),
      ]);
      return viewer;
    };
    const play = async (path: string, config = {}) => {
      const viewer = await openFilm(path, config);
      try {
        await viewer.watch();
        await viewer.playedPast(0.5);
        return viewer;
      } catch (error) {
        await viewer.close();
        throw error;
      }
    };
    const shown = (viewer: Viewer) =>
      viewer.page.locator('video').evaluate((element) => {
        const { videoWidth, videoHeight, src } = element as unknown as Shown;
        return { videoWidth, videoHeight, src };
      });
    const hears = async (viewer: Viewer, frequency: number) => {
      const loudest = await viewer.page.locator('video').evaluateHandle(listenTo);
      await soon(async () => {
        const heard = (await loudest.evaluate((measure) => measure())) ?? 0;
        expect(Math.abs(heard - frequency)).toBeLessThan(50);
      });
    };

    it.concurrent('shows the film and not its cover, and plays its Dolby sound', () =>
      inLane(async () => {
        await using viewer = await play(COVER_FIRST);
        expect(await shown(viewer)).toMatchObject({ videoWidth: 320, videoHeight: 180 });
        const loudest = await viewer.page.locator('video').evaluateHandle(listenTo);
        await soon(async () => expect(await loudest.evaluate((measure) => measure())).toBeGreaterThan(100));
      }));

    it.concurrent('says so when it plays without its sound, as no peer can convert it', () =>
      inLane(async () => {
        await using viewer = await play(COVER_FIRST, { ffmpegPath: null });
        await viewer.page
          .getByText('The film plays without sound: this browser cannot decode its sound (Dolby Digital)')
          .waitFor();
      }));

    it.concurrent('shows an interlaced film in whole pictures', () =>
      inLane(async () => {
        const interlaced = ['-flags', '+ildct+ilme', '-x264opts', 'tff=1'];
        await using viewer = await play(
          make('interlaced.mp4', ...picture(), ...tone(), ...h264, ...interlaced),
        );
        await soon(async () => expect((await shown(viewer)).src).toMatch(/^blob:/));
        await viewer.playedPast((await viewer.video()).time + 0.5);
        expect(await viewer.page.getByRole('combobox', { name: 'Quality' }).inputValue()).toBe('auto');
      }));

    it.concurrent('shows an anamorphic film in its width, and one that was turned upright', () =>
      inLane(async () => {
        await using viewer = await play(
          make('wide.mkv', ...picture('720x576', 'setsar=64/45'), ...tone(), ...h264, '-c:a', 'ac3'),
        );
        expect(await shown(viewer)).toMatchObject({ videoWidth: 1024, videoHeight: 576 });
        const flat = make('flat.mp4', ...picture(), ...tone(), ...h264, '-c:a', 'ac3');
        await using turned = await play(
          make('turned.mp4', '-i', flat, '-c', 'copy', '-metadata:s:v', 'rotate=90'),
        );
        expect(await shown(turned)).toMatchObject({ videoWidth: 180, videoHeight: 320 });
      }));

    it.concurrent('is heard without the commentary that comes first', () =>
      inLane(async () => {
        await using viewer = await play(
          make(
            'commented.mp4',
            ...[...picture(), ...tone(COMMENT_TONE), ...tone(), '-map', '0', '-map', '1', '-map', '2'],
            ...[...h264, '-c:a', 'aac', '-metadata:s:a:0', 'handler_name=Commentary'],
            ...['-disposition:a:0', 'default+comment', '-disposition:a:1', '0'],
          ),
        );
        await hears(viewer, TONE);
      }));

    it.concurrent.each<[string, string[]]>([
      [
        'HDR in 10 bits',
        [
          ...picture('320x180', 'format=yuv420p10le'),
          ...tone(),
          '-c:v',
          'libx265',
          '-preset',
          'ultrafast',
          '-x265-params',
          'log-level=error',
          '-color_trc',
          'smpte2084',
          '-color_primaries',
          'bt2020',
          '-colorspace',
          'bt2020nc',
        ],
      ],
      [
        '4:4:4',
        [...picture('320x180', 'format=yuv444p'), ...tone(), '-c:v', 'libx264', '-preset', 'ultrafast'],
      ],
      ['a tiny picture', [...picture('16x8'), ...tone(), '-c:v', 'mpeg4', '-c:a', 'mp3']],
      ['odd numbers', [...picture('321x181'), ...tone(), '-c:v', 'ffv1', '-c:a', 'flac']],
      ['8 kHz', [...picture(), ...tone(), '-ar', '8000', '-c:v', 'mpeg4', '-c:a', 'pcm_s16le']],
      ['no sound', [...picture(), '-c:v', 'mpeg4']],
    ])('plays %s', (name, args) =>
      inLane(async () => {
        await using viewer = await play(make(`${name.replaceAll(/\W/g, '-')}.mkv`, ...args));
        const { time } = await viewer.video();
        await viewer.playedPast(time + 1);
        expect((await viewer.video()).frames).toBeGreaterThan(0);
      }),
    );

    it.concurrent.each([
      ['sends what no decoder takes', 'head -c 3000; head -c 400000 /dev/urandom'],
      ['sends nothing', 'true'],
    ])('says why a film does not play whose peer %s', (_what, makes) =>
      inLane(async () => {
        const path = make('broken.mkv', ...picture(), ...tone(), '-c:v', 'mpeg4');
        const broken = join(dir, 'broken-ffmpeg');
        const script = `case "$*" in *pipe:1*) '${ffmpeg.path}' "$@" | { ${makes}; };; *) exec '${ffmpeg.path}' "$@";; esac`;
        writeFileSync(broken, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
        await using viewer = await openFilm(path, { ffmpegPath: broken });
        await viewer.watch();
        await viewer.page.getByText('This browser cannot play the film (MKV, MPEG-4').waitFor();
      }),
    );

    it.concurrent('ends where a film does that says it is longer, and goes on before', () =>
      inLane(async () => {
        const path = make('longer.mkv', ...picture(), ...tone(), ...h264, '-c:a', 'ac3');
        const bytes = readFileSync(path);
        // The duration in its header, in milliseconds.
        bytes.writeDoubleBE(3_600_000, bytes.indexOf(Buffer.from([0x44, 0x89, 0x88])) + 3);
        writeFileSync(path, bytes);
        await using viewer = await play(path);
        await viewer.seekTo(1_800);
        await soon(async () => expect((await viewer.video()).duration).toBeLessThan(13));
        await soon(async () => expect(await viewer.page.locator('video').evaluate(hasEnded)).toBe(true));
        await viewer.seekTo(3);
        await viewer.page.locator('video').evaluate(goOn);
        await viewer.playedPast(3.5);
        expect((await viewer.video()).time).toBeLessThan(13);
      }));

    it.concurrent('plays sound without a picture', () =>
      inLane(async () => {
        await using viewer = await play(make('song.mka', ...tone(), '-c:a', 'ac3'));
        await hears(viewer, TONE);
      }));
  },
);
