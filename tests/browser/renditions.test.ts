import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireChromium, requireFfmpeg } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { processesWith } from '../../peer/testing/streaming.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';
import { listenTo } from './listening.ts';

const chromium = requireChromium();
const ffmpeg = requireFfmpeg();
const DURATION = 60;
const SAMPLE = fileURLToPath(new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url));
/** Higher than anything in the sample, in Hertz. */
const TONE = 3_520;

describe.skipIf(chromium.skip || ffmpeg.skip)('a film Chromium cannot decode', () => {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-renditions-'));
  const converting = { ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath };
  let browser: Browser;
  let viewer: Viewer;

  const makeFilm = (name: string, codecs: string[], seconds = DURATION) => {
    const path = join(directory, name);
    execFileSync(ffmpeg.path, [
      ...['-v', 'error', '-f', 'lavfi', '-i', `testsrc=size=320x180:rate=24:duration=${seconds}`],
      ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`, '-g', '48', ...codecs, path],
    ]);
    return readFileSync(path);
  };
  /** As slow as the film plays, so that it is still at work. */
  const slowFfmpeg = () => {
    const path = join(directory, 'slow-ffmpeg');
    writeFileSync(path, `#!/bin/sh\nexec ${ffmpeg.path} -re "$@"\n`, { mode: 0o755 });
    return path;
  };
  const open = async (bytes: Buffer, videoCodec: string) => {
    viewer = await openViewer(browser, bytes, {
      name: 'Foreign Film',
      durationSeconds: DURATION,
      container: 'matroska',
      videoCodec,
      audioCodec: 'ac3',
    });
  };

  beforeAll(async () => {
    browser = await launchBrowser(chromium.path);
  });
  afterEach(() => viewer.close());
  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it.each([
    [
      'remuxed',
      'film.mkv',
      'avc',
      ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'ac3'],
    ],
    ['transcoded', 'old.mkv', 'mpeg4', ['-c:v', 'mpeg4', '-c:a', 'ac3']],
  ])('plays %s by its peer, and can be sought in', async (_how, name, videoCodec, codecs) => {
    await open(makeFilm(name, codecs), videoCodec);
    viewer.gateway.setPeers([viewer.addPeer(converting)]);
    await viewer.play();
    const { frames, duration } = await viewer.video();
    expect(frames).toBeGreaterThan(0);
    // Known from the beginning, though the stream has not been made to its end.
    expect(duration).toBeCloseTo(DURATION, 0);
    await viewer.seekTo(DURATION * 0.9);
    await viewer.playedPast(DURATION * 0.9 + 0.3);
    await viewer.seekTo(3);
    await expect.poll(async () => (await viewer.video()).time).toBeLessThan(10);
    await viewer.playedPast(3.3);
  });

  it('goes on in its form after seeks to before what is held, its very beginning among them', async () => {
    const bytes = readFileSync(new URL('../media/corpus/seek-back.wmv', import.meta.url));
    viewer = await openViewer(browser, bytes, {
      name: 'Seek Back',
      durationSeconds: 14,
      progressSeconds: 10,
      container: 'asf',
      videoCodec: 'wmv2',
      audioCodec: 'wmav2',
    });
    viewer.gateway.setPeers([viewer.addPeer(converting)]);
    const { page } = viewer;
    await viewer.watch();
    await viewer.playedPast(10.3);
    const source = await page.locator('video').evaluate((video) => (video as { src?: string }).src);
    // The stream has ended, and nothing of what is before is held.
    await expect.poll(async () => (await viewer.video()).bufferedTo).toBeGreaterThan(13);
    for (const place of [0, 11, 5]) {
      await viewer.seekTo(place);
      await expect.poll(async () => (await viewer.video()).time).toBeLessThan(place + 3);
      await viewer.playedPast(place + 0.3);
    }
    expect(await page.locator('video').evaluate((video) => (video as { src?: string }).src)).toBe(source);
    expect(viewer.gateway.calls.filter(({ operation }) => operation === 'CreateSession')).toHaveLength(1);
  });

  it('goes on in its form after an exception of the player itself', async () => {
    const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'ac3'];
    await open(makeFilm('exception.mkv', codecs), 'avc');
    await viewer.page.addInitScript(() => {
      const { MediaSource, SourceBuffer } = globalThis as unknown as {
        MediaSource: { prototype: { addSourceBuffer(type: string): unknown } };
        SourceBuffer: { prototype: { appendBuffer(data: unknown): void } };
      };
      const types: string[] = [];
      Object.assign(globalThis, { types });
      const { addSourceBuffer } = MediaSource.prototype;
      MediaSource.prototype.addSourceBuffer = function (type) {
        types.push(type);
        return addSourceBuffer.call(this, type);
      };
      const { appendBuffer } = SourceBuffer.prototype;
      let calls = 0;
      SourceBuffer.prototype.appendBuffer = function (data) {
        calls += 1;
        if (calls === 3) throw new DOMException('not now', 'InvalidStateError');
        appendBuffer.call(this, data);
      };
    });
    viewer.gateway.setPeers([viewer.addPeer(converting)]);
    await viewer.play();
    const types = () => viewer.page.evaluate(() => (globalThis as unknown as { types: string[] }).types);
    await expect.poll(async () => (await types()).length).toBe(2);
    const { time } = await viewer.video();
    await viewer.playedPast(time + 1);
    expect(new Set(await types()).size).toBe(1);
    expect(viewer.gateway.calls.filter(({ operation }) => operation === 'CreateSession')).toHaveLength(1);
  });

  it('is waited for while its peer converts it for someone else, and begins by itself', {
    timeout: 60_000,
  }, async () => {
    await open(makeFilm('wanted.mkv', ['-c:v', 'mpeg4', '-c:a', 'ac3']), 'mpeg4');
    const { film, gateway } = viewer;
    gateway.setPeers([viewer.addPeer({ ...converting, ffmpegPath: slowFfmpeg(), maxRenditions: 1 })]);
    await viewer.play();
    const second = await browser.newPage();
    await second.goto(`${gateway.url}/#/watch/${film.catalogId}`);
    await second.getByText('You are next. The film begins by itself.').waitFor();
    await viewer.page.goto(`${gateway.url}/#/`);
    const video = second.locator('video');
    await expect
      .poll(() => video.evaluate((element) => (element as unknown as { currentTime: number }).currentTime), {
        timeout: 30_000,
      })
      .toBeGreaterThan(0.5);
    await expect.poll(() => second.locator('.notice').isVisible()).toBe(false);
    expect(gateway.calls.filter(({ operation }) => operation === 'CreateSession')).toHaveLength(2);
    await second.close();
  });

  it('is refused in words when its peer cannot convert it', async () => {
    await open(makeFilm('refused.mkv', ['-c:v', 'mpeg4', '-c:a', 'ac3'], 5), 'mpeg4');
    viewer.gateway.setPeers([viewer.addPeer({ ffmpegPath: null })]);
    await viewer.page.goto(`${viewer.gateway.url}/#/watch/${viewer.film.catalogId}`);
    await viewer.page.getByText('This browser cannot play the film (MKV, MPEG-4, Dolby Digital)').waitFor();
  });

  it('goes on when FFmpeg dies, and takes no process any more once the viewer has left', async () => {
    await open(makeFilm('dies.mkv', ['-c:v', 'mpeg4', '-c:a', 'ac3']), 'mpeg4');
    const { film, gateway, page } = viewer;
    gateway.setPeers([viewer.addPeer({ ...converting, ffmpegPath: slowFfmpeg() })]);
    await viewer.play();
    const [pid] = processesWith(film.path);
    process.kill(pid!, 'SIGKILL');
    const { time } = await viewer.video();
    await viewer.playedPast(time + 1.5);
    expect(processesWith(film.path)).not.toContain(pid);
    expect(processesWith(film.path)).toHaveLength(1);
    await page.goto(`${gateway.url}/#/`);
    await expect.poll(() => processesWith(film.path)).toEqual([]);
  });

  it('is asked for again from where a conversion ended before the film did', async () => {
    const short = join(directory, 'short-ffmpeg');
    writeFileSync(short, `#!/bin/sh\nexec ${ffmpeg.path} -t 5 "$@"\n`, { mode: 0o755 });
    await open(makeFilm('ends.mkv', ['-c:v', 'mpeg4', '-c:a', 'ac3']), 'mpeg4');
    viewer.gateway.setPeers([viewer.addPeer({ ...converting, ffmpegPath: short })]);
    await viewer.play();
    await expect.poll(async () => (await viewer.video()).bufferedTo, { timeout: 15_000 }).toBeGreaterThan(12);
  });
});

interface Video {
  readyState: number;
  currentTime: number;
  addEventListener(event: string, listener: () => void, options: { once: boolean }): void;
}

describe.skipIf(chromium.skip || ffmpeg.skip)('a film Chromium can decode', () => {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-qualities-'));
  let browser: Browser;
  let viewer: Viewer;

  /** The sample, with a tone for those who understand German. */
  const makeFilm = () => {
    const path = join(directory, 'film.mp4');
    execFileSync(ffmpeg.path, [
      ...['-v', 'error', '-i', SAMPLE, '-f', 'lavfi', '-i', `sine=frequency=${TONE}:duration=40`],
      ...['-map', '0:v', '-map', '0:a', '-map', '1:a', '-c', 'copy', '-c:a:1', 'aac'],
      ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=deu', path],
    ]);
    return readFileSync(path);
  };

  const noGerman = join(directory, 'no-german');
  /** Cannot convert the second track while there is a file that says so. */
  const pickyFfmpeg = () => {
    const path = join(directory, 'picky-ffmpeg');
    const refuse = `if [ -e '${noGerman}' ]; then case "$*" in *0:a:1*) exit 1; esac; fi`;
    writeFileSync(path, `#!/bin/sh\n${refuse}\nexec '${ffmpeg.path}' "$@"\n`, { mode: 0o755 });
    return path;
  };

  beforeAll(async () => {
    browser = await launchBrowser(chromium.path);
    viewer = await openViewer(browser, makeFilm(), {
      name: 'Counting Seconds',
      durationSeconds: 40,
      // So that it is not taken as it is from the beginning.
      container: 'matroska',
      videoCodec: 'avc',
      audioCodec: 'aac',
    });
  });
  afterAll(async () => {
    rmSync(directory, { recursive: true, force: true });
    await viewer?.close();
    await browser?.close();
  });

  const source = () =>
    viewer.page.locator('video').evaluate((video) => (video as { src?: string }).src ?? '');

  const readyState = () =>
    viewer.page.locator('video').evaluate((video) => (video as unknown as Video).readyState);

  it('is played in the quality the viewer chooses, from where it was', async () => {
    const { page, gateway, film } = viewer;
    gateway.setPeers([
      viewer.addPeer({ ffmpegPath: pickyFfmpeg(), ffprobePath: ffmpeg.ffprobePath, maxRenditions: 1 }),
    ]);
    await viewer.play();
    const menu = page.getByRole('combobox', { name: 'Quality' });
    await menu.waitFor();
    expect(await menu.locator('option').allTextContents()).toEqual([
      'Automatic',
      'Original (360p)',
      'Original picture, made ready for this browser',
      '360p, converted',
    ]);
    await viewer.seekTo(20);
    await viewer.playedPast(20.2);
    for (const [choice, address] of [
      ['Original (360p)', /\/film\//],
      ['360p, converted', /^blob:/],
      ['Original picture, made ready for this browser', /^blob:/],
      ['Original (360p)', /\/film\//],
    ] as const) {
      const { time } = await viewer.video();
      const before = await source();
      await menu.selectOption(choice);
      await expect.poll(source).not.toBe(before);
      await viewer.playedPast(time + 0.5);
      expect((await viewer.video()).time).toBeLessThan(time + 10);
      expect(await source()).toMatch(address);
    }
    expect(processesWith(film.path)).toEqual([]);
    expect(gateway.calls.filter(({ operation }) => operation === 'CreateSession')).toHaveLength(1);
  });

  it('is heard in the language the viewer chooses, from where it was, in whatever quality', async () => {
    const { page, film } = viewer;
    const audio = page.getByRole('combobox', { name: 'Audio' });
    const quality = page.getByRole('combobox', { name: 'Quality' });
    expect(await audio.locator('option').allTextContents()).toEqual(['English', 'German']);
    const chosen = async () => [await audio.inputValue(), await quality.inputValue()];
    expect(await chosen()).toEqual(['0', 'original']);
    const loudest = await page.locator('video').evaluateHandle(listenTo);
    const heard = async () => {
      const frequency = await loudest.evaluate((measure) => measure());
      return frequency && (Math.abs(frequency - TONE) < 50 ? 'German' : 'English');
    };
    await viewer.seekTo(8);
    for (const [menu, choice, next, language] of [
      [audio, 'German', ['1', 'remux'], 'German'],
      [quality, '360p, converted', ['1', '360'], 'German'],
      [audio, 'English', ['0', '360'], 'English'],
      [audio, 'German', ['1', '360'], 'German'],
      [quality, 'Original (360p)', ['0', 'original'], 'English'],
    ] as const) {
      const { time } = await viewer.video();
      const before = await source();
      await menu.selectOption(choice);
      await expect.poll(source).not.toBe(before);
      expect(await chosen()).toEqual(next);
      await viewer.playedPast(time + 0.5);
      expect((await viewer.video()).time).toBeLessThan(time + 10);
      await expect.poll(heard).toBe(language);
    }
    expect(processesWith(film.path)).toEqual([]);

    writeFileSync(noGerman, '');
    const { time } = await viewer.video();
    await audio.selectOption('German');
    await page.getByText('The audio track cannot be had from this machine.').waitFor();
    expect(await audio.inputValue()).toBe('0');
    await viewer.playedPast(time + 0.5);
    await expect.poll(heard).toBe('English');
  });

  it('is at the place the viewer goes to while another quality begins', async () => {
    const peer = viewer.addPeer({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath });
    viewer.gateway.setPeers([peer]);
    await viewer.play();
    await viewer.seekTo(20);
    await viewer.playedPast(20.3);
    for (const [quality, place] of [
      ['360', 0],
      ['remux', 9],
      ['360', 0],
      ['original', 5],
    ] as const) {
      // For as long as the element has nothing of the new stream, so at each of its moments.
      await viewer.page.locator('video').evaluate((element, wanted) => {
        const video = element as unknown as Video;
        const go = () => {
          if (video.readyState > 0) return;
          video.currentTime = wanted;
          setTimeout(go, 5);
        };
        video.addEventListener('loadstart', go, { once: true });
      }, place);
      const before = await source();
      await viewer.page.getByRole('combobox', { name: 'Quality' }).selectOption(quality);
      await expect.poll(source).not.toBe(before);
      await expect.poll(readyState).toBeGreaterThan(0);
      await viewer.playedPast(place + 0.3);
      expect((await viewer.video()).time).toBeLessThan(place + 8);
    }
  });
});
