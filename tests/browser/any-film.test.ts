import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireChromium, requireFfmpeg } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDescriber } from '../../peer/src/metadata/describe.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';
import { listenTo } from './listening.ts';

const chromium = requireChromium();
const ffmpeg = requireFfmpeg();
const COVER_FIRST = fileURLToPath(new URL('../media/corpus/cover-first.mp4', import.meta.url));
const SECONDS = 12;
const TONE = 880;
const COMMENT_TONE = 3_520;

interface Shown {
  videoWidth: number;
  videoHeight: number;
  src: string;
}

const hasEnded = (element: unknown) => (element as { ended: boolean }).ended;
const goOn = (element: unknown) => (element as { play(): Promise<void> }).play();

/** What peers and the page make of films together, seen and heard in the browser. */
describe.skipIf(chromium.skip || ffmpeg.skip)('any film people have, in Chromium', () => {
  const dir = mkdtempSync(join(tmpdir(), 'giggityflix-any-film-'));
  const describer = createDescriber({ extractMetadata: true, ffprobePath: ffmpeg.ffprobePath });
  let browser: Browser;
  let viewer: Viewer;

  beforeAll(async () => {
    browser = await launchBrowser(chromium.path);
  });
  afterEach(() => viewer.close());
  afterAll(async () => {
    await browser?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const picture = (size = '320x180', filters = 'null') => [
    ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25:duration=${SECONDS},${filters}`],
  ];
  const tone = (frequency = TONE) => ['-f', 'lavfi', '-i', `sine=frequency=${frequency}:duration=${SECONDS}`];
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25'];
  const make = (name: string, ...args: string[]) => {
    const path = join(dir, name);
    execFileSync(ffmpeg.path, ['-y', '-v', 'error', ...args, path]);
    return path;
  };
  /** Shares a film, described as it is, by a peer that may convert it. */
  const openFilm = async (path: string, config = {}) => {
    const { media } = await describer.describe({ dir: dirname(path), name: basename(path), sidecars: '[]' });
    viewer = await openViewer(browser, readFileSync(path), {
      name: basename(path),
      durationSeconds: media.durationSeconds ?? SECONDS,
      container: media.container as string,
      videoCodec: media.videoCodec as string,
      audioCodec: media.audioCodec as string,
    });
    viewer.gateway.setPeers([
      viewer.addPeer({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath, ...config }),
    ]);
  };
  const play = async (path: string, config = {}) => {
    await openFilm(path, config);
    await viewer.watch();
    await viewer.playedPast(0.5);
  };
  const shown = () =>
    viewer.page.locator('video').evaluate((element) => {
      const { videoWidth, videoHeight, src } = element as unknown as Shown;
      return { videoWidth, videoHeight, src };
    });
  const hears = async (frequency: number) => {
    const loudest = await viewer.page.locator('video').evaluateHandle(listenTo);
    await expect
      .poll(async () => Math.abs(((await loudest.evaluate((measure) => measure())) ?? 0) - frequency))
      .toBeLessThan(50);
  };

  it('shows the film and not its cover, and plays its Dolby sound', async () => {
    await play(COVER_FIRST);
    expect(await shown()).toMatchObject({ videoWidth: 320, videoHeight: 180 });
    const loudest = await viewer.page.locator('video').evaluateHandle(listenTo);
    await expect.poll(() => loudest.evaluate((measure) => measure())).toBeGreaterThan(100);
  });

  it('says so when it plays without its sound, as no peer can convert it', async () => {
    await play(COVER_FIRST, { ffmpegPath: null });
    await viewer.page
      .getByText('The film plays without sound: this browser cannot decode its sound (Dolby Digital)')
      .waitFor();
  });

  it('shows an interlaced film in whole pictures', async () => {
    const interlaced = ['-flags', '+ildct+ilme', '-x264opts', 'tff=1'];
    await play(make('interlaced.mp4', ...picture(), ...tone(), ...h264, ...interlaced));
    await expect.poll(async () => (await shown()).src).toMatch(/^blob:/);
    await viewer.playedPast((await viewer.video()).time + 0.5);
    expect(await viewer.page.getByRole('combobox', { name: 'Quality' }).inputValue()).toBe('auto');
  });

  it('shows an anamorphic film in its width, and one that was turned upright', async () => {
    await play(make('wide.mkv', ...picture('720x576', 'setsar=64/45'), ...tone(), ...h264, '-c:a', 'ac3'));
    expect(await shown()).toMatchObject({ videoWidth: 1024, videoHeight: 576 });
    await viewer.close();
    const flat = make('flat.mp4', ...picture(), ...tone(), ...h264, '-c:a', 'ac3');
    await play(make('turned.mp4', '-i', flat, '-c', 'copy', '-metadata:s:v', 'rotate=90'));
    expect(await shown()).toMatchObject({ videoWidth: 180, videoHeight: 320 });
  });

  it('is heard without the commentary that comes first', async () => {
    await play(
      make(
        'commented.mp4',
        ...[...picture(), ...tone(COMMENT_TONE), ...tone(), '-map', '0', '-map', '1', '-map', '2'],
        ...[...h264, '-c:a', 'aac', '-metadata:s:a:0', 'handler_name=Commentary'],
        ...['-disposition:a:0', 'default+comment', '-disposition:a:1', '0'],
      ),
    );
    await hears(TONE);
  });

  it.each<[string, string[]]>([
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
  ])('plays %s', async (name, args) => {
    await play(make(`${name.replaceAll(/\W/g, '-')}.mkv`, ...args));
    const { time } = await viewer.video();
    await viewer.playedPast(time + 1);
    expect((await viewer.video()).frames).toBeGreaterThan(0);
  });

  it.each([
    ['sends what no decoder takes', 'head -c 3000; head -c 400000 /dev/urandom'],
    ['sends nothing', 'true'],
  ])('says why a film does not play whose peer %s', async (_what, makes) => {
    const path = make('broken.mkv', ...picture(), ...tone(), '-c:v', 'mpeg4');
    const broken = join(dir, 'broken-ffmpeg');
    const script = `case "$*" in *pipe:1*) '${ffmpeg.path}' "$@" | { ${makes}; };; *) exec '${ffmpeg.path}' "$@";; esac`;
    writeFileSync(broken, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    await openFilm(path, { ffmpegPath: broken });
    await viewer.watch();
    await viewer.page.getByText('This browser cannot play the film (matroska, MPEG-4').waitFor();
  });

  it('ends where a film does that says it is longer, and goes on before', async () => {
    const path = make('longer.mkv', ...picture(), ...tone(), ...h264, '-c:a', 'ac3');
    const bytes = readFileSync(path);
    // The duration in its header, in milliseconds.
    bytes.writeDoubleBE(3_600_000, bytes.indexOf(Buffer.from([0x44, 0x89, 0x88])) + 3);
    writeFileSync(path, bytes);
    await play(path);
    expect((await viewer.video()).duration).toBeGreaterThan(3_000);
    await viewer.seekTo(1_800);
    await expect.poll(async () => (await viewer.video()).duration, { timeout: 20_000 }).toBeLessThan(13);
    await expect.poll(() => viewer.page.locator('video').evaluate(hasEnded)).toBe(true);
    await viewer.seekTo(3);
    await viewer.page.locator('video').evaluate(goOn);
    await viewer.playedPast(3.5);
    expect((await viewer.video()).time).toBeLessThan(13);
  });

  it('plays sound without a picture', async () => {
    await play(make('song.mka', ...tone(), '-c:a', 'ac3'));
    await hears(TONE);
  });
});
