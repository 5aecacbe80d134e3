import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireChromium, requireFfmpeg } from '@giggityflix/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { INSECURE_HOST } from './chromium.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';
import { listenTo } from './listening.ts';

const chromium = requireChromium();
const ffmpeg = requireFfmpeg();
const sample = (name: string) => fileURLToPath(new URL(`../../stack/sample/${name}`, import.meta.url));
const H264_SAMPLE = sample('Counting Seconds (2026).mp4');
const VP9_SAMPLE = sample('Moving Shapes (2025).webm');
/** Longer than what is fetched ahead: the samples again and again. */
const DURATION = 160;
/** Higher than anything in the sample, in Hertz. */
const TONE = 3_520;

const H264 = { videoCodec: 'avc', audioCodec: 'aac' };
const CONTAINERS = {
  'film.mp4': { container: 'mp4', ...H264 },
  'film.mkv': { container: 'matroska', ...H264 },
  'film.ts': { container: 'mpegts', ...H264 },
  'film.webm': { container: 'webm', videoCodec: 'vp9', audioCodec: 'opus' },
};
type FilmName = keyof typeof CONTAINERS;

interface VideoWithTracks {
  textTracks: Iterable<{ mode: string; activeCues: Iterable<{ text: string }> | null }>;
}
interface PlayingVideo {
  currentTime: number;
  duration: number;
  ended: boolean;
  src: string;
  buffered: { length: number; start(index: number): number; end(index: number): number };
  addEventListener(type: string, listener: () => void): void;
}

/** What holds whichever way the bytes of a film reach the element. */
describe.skipIf(chromium.skip || ffmpeg.skip).each([
  { way: 'service-worker', at: {}, isSecure: true, source: /\/film\// },
  { way: 'media-source', at: { host: INSECURE_HOST }, isSecure: false, source: /^blob:/ },
])('a film by $way', { timeout: 60_000 }, ({ at, isSecure, source }) => {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-feeding-'));
  const converting = { ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath };
  let browser: Browser;
  let viewer: Viewer;

  /** Made at once; nothing of the picture is encoded anew. */
  const makeFilms = () => {
    const path = (name: string) => join(directory, name);
    const run = (...args: string[]) => execFileSync(ffmpeg.path, ['-v', 'error', ...args]);
    const tone = path('tone.m4a');
    run('-f', 'lavfi', '-i', `sine=frequency=${TONE}:sample_rate=8000:duration=8`, '-c:a', 'aac', tone);
    run(
      ...['-stream_loop', '3', '-i', H264_SAMPLE, '-stream_loop', '-1', '-i', tone],
      ...['-map', '0:v', '-map', '0:a', '-map', '1', '-c', 'copy', '-t', `${DURATION}`],
      ...['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=deu', path('film.mp4')],
    );
    for (const name of ['film.mkv', 'film.ts'])
      run('-i', path('film.mp4'), '-map', '0', '-c', 'copy', path(name));
    run('-stream_loop', '7', '-i', VP9_SAMPLE, '-c', 'copy', path('film.webm'));
  };
  const open = async (name: FilmName, progress: { progressSeconds?: number } = {}) => {
    viewer = await openViewer(
      browser,
      readFileSync(join(directory, name)),
      { name: 'Film', durationSeconds: DURATION, ...CONTAINERS[name], ...progress },
      at,
    );
  };
  const video = <T>(look: (element: unknown) => T) => viewer.page.locator('video').evaluate(look);
  const src = () => video((element) => (element as PlayingVideo).src);

  beforeAll(async () => {
    makeFilms();
    browser = await launchBrowser(chromium.path);
  }, 120_000);
  afterEach(() => viewer.close());
  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it.each(Object.keys(CONTAINERS) as FilmName[])('plays %s from its beginning, and seeks', async (name) => {
    await open(name);
    // In a secure context elements read neither Matroska nor transport streams: there the peer repackages them.
    viewer.gateway.setPeers([viewer.addPeer(isSecure ? converting : { ...converting, ffmpegPath: null })]);
    await viewer.play();
    expect(await viewer.page.evaluate('isSecureContext')).toBe(isSecure);
    const { frames, duration, time } = await viewer.video();
    expect(frames).toBeGreaterThan(0);
    expect(time).toBeLessThan(10);
    expect(Math.abs(duration - DURATION)).toBeLessThan(0.5);
    for (const place of [DURATION * 0.8, 5, 8]) {
      await viewer.seekTo(place);
      await viewer.playedPast(place + 0.3);
      expect((await viewer.video()).time).toBeLessThan(place + 30);
    }
    await expect.poll(async () => (await viewer.video()).frames).toBeGreaterThan(frames);
  });

  it('seeks into what is held of another place, and goes on beyond it', async () => {
    await open('film.mp4');
    viewer.gateway.setPeers([viewer.addPeer(converting)]);
    await viewer.play();
    expect(await src()).toMatch(source);
    await viewer.seekTo(DURATION - 20);
    await viewer.playedPast(DURATION - 19.7);
    // Near to where the first part ends.
    const end = await video((element) => {
      const { buffered } = element as PlayingVideo;
      return buffered.end(0);
    });
    const place = Math.max(1, Math.min(end, DURATION - 25) - 1);
    await viewer.seekTo(place);
    await expect.poll(async () => (await viewer.video()).time).toBeLessThan(place + 20);
    await viewer.playedPast(place + 3);
  });

  const onlyWithMediaSource = isSecure ? () => {} : it;
  onlyWithMediaSource(
    'holds a bounded part of the film, and less where the browser has no room',
    async () => {
      await open('film.mp4');
      viewer.gateway.setPeers([viewer.addPeer()]);
      await viewer.play();
      await expect.poll(async () => (await viewer.video()).bufferedTo).toBeGreaterThan(40);
      await viewer.playedPast((await viewer.video()).time + 2);
      const { bufferedTo, time } = await viewer.video();
      expect(bufferedTo - time).toBeLessThan(55);

      const ROOM_SECONDS = 20;
      await viewer.page.evaluate((room) => {
        const { SourceBuffer } = globalThis as unknown as {
          SourceBuffer: { prototype: { appendBuffer(this: PlayingVideo, data: unknown): void } };
        };
        const { appendBuffer } = SourceBuffer.prototype;
        SourceBuffer.prototype.appendBuffer = function (data) {
          let held = 0;
          for (let part = 0; part < this.buffered.length; part += 1)
            held += this.buffered.end(part) - this.buffered.start(part);
          if (held > room) throw new DOMException('no room', 'QuotaExceededError');
          appendBuffer.call(this, data);
        };
      }, ROOM_SECONDS);
      for (const place of [110, 60]) {
        await viewer.seekTo(place);
        await expect.poll(async () => Math.abs((await viewer.video()).time - place)).toBeLessThan(5);
        await viewer.playedPast(place + 2);
      }
      const held = await video((element) => {
        const { buffered } = element as PlayingVideo;
        return Array.from(
          { length: buffered.length },
          (_, part) => buffered.end(part) - buffered.start(part),
        );
      });
      expect(held.reduce((sum, seconds) => sum + seconds, 0)).toBeLessThan(ROOM_SECONDS + 10);
      expect(await viewer.page.locator('.notice').isVisible()).toBe(false);
    },
  );

  it('begins where the visitor left off', async () => {
    await open('film.mp4', { progressSeconds: 100 });
    viewer.gateway.setPeers([viewer.addPeer()]);
    await viewer.watch();
    await viewer.playedPast(100.3);
    await viewer.seekTo(0);
    await expect.poll(async () => (await viewer.video()).time).toBeLessThan(60);
    await viewer.playedPast(0.3);
  });

  it('is heard in the language the viewer chooses', async () => {
    await open('film.mp4');
    viewer.gateway.setPeers([viewer.addPeer(converting)]);
    await viewer.play();
    const audio = viewer.page.getByRole('combobox', { name: 'Audio' });
    await audio.waitFor();
    expect(await audio.locator('option').allTextContents()).toEqual(['English', 'German']);
    const loudest = await viewer.page.locator('video').evaluateHandle(listenTo);
    const isToneHeard = async () =>
      Math.abs(((await loudest.evaluate((measure) => measure())) ?? 0) - TONE) < 50;
    await audio.selectOption('German');
    await expect.poll(isToneHeard).toBe(true);
    await audio.selectOption('English');
    await expect.poll(isToneHeard).toBe(false);
  });

  it('shows subtitles', async () => {
    await open('film.mp4');
    const file = `${viewer.film.path}.en.vtt`;
    writeFileSync(
      file,
      'WEBVTT\n\n00:00.000 --> 01:00.000\nGood day\n\n01:30.000 --> 02:30.000\nGood night\n',
    );
    Object.assign(viewer.film.shared, { subtitles: [basename(file)] });
    viewer.gateway.setPeers([viewer.addPeer()]);
    await viewer.watch();
    await viewer.playedPast(0.3);
    await viewer.page.getByRole('combobox', { name: 'Subtitles' }).selectOption('English');
    const shown = () =>
      video((element) =>
        [...(element as VideoWithTracks).textTracks].flatMap(({ mode, activeCues }) =>
          mode === 'showing' ? [...(activeCues ?? [])].map(({ text }) => text) : [],
        ),
      );
    await expect.poll(shown).toEqual(['Good day']);
    await viewer.seekTo(100);
    await expect.poll(shown).toEqual(['Good night']);
    rmSync(file);
  });

  it('goes on from another peer when the one that serves is gone, without a stop of the picture', async () => {
    await open('film.mp4');
    // Slow enough that the rest of the film has not come when the first peer goes.
    const [first, second] = [viewer.addPeer({ maxBandwidthKbps: 4_000 }), viewer.addPeer()];
    viewer.gateway.setPeers([first, second]);
    await viewer.watch();
    await viewer.playedPast(1);
    await viewer.page.evaluate(() => {
      const { document } = globalThis as unknown as {
        document: { querySelector(name: string): PlayingVideo };
      };
      const stops: string[] = [];
      Object.assign(globalThis, { stops });
      const element = document.querySelector('video');
      element.addEventListener('waiting', () => {
        const { buffered, currentTime } = element;
        // A slow processor is no want of bytes.
        if (buffered.length === 0 || buffered.end(buffered.length - 1) - currentTime < 1)
          stops.push('waiting');
      });
      element.addEventListener('emptied', () => stops.push('emptied'));
    });
    await first.streaming.stop();
    viewer.gateway.setPeers([second]);
    const { time } = await viewer.video();
    await viewer.playedPast(time + 4);
    expect(await viewer.page.evaluate('stops')).toEqual([]);
    await viewer.seekTo(DURATION * 0.8);
    await viewer.playedPast(DURATION * 0.8 + 0.3);
    expect(viewer.gateway.servedBy('session-1')).toBe(second.peerId);
    expect(second.streaming.viewers()[0]!.sentBytes).toBeGreaterThan(0);
  });

  it('ends, and is watched again from a place within it', async () => {
    await open('film.mp4');
    viewer.gateway.setPeers([viewer.addPeer()]);
    await viewer.play();
    await viewer.seekTo(DURATION - 2);
    await expect.poll(() => video((element) => (element as PlayingVideo).ended)).toBe(true);
    const calls = () => viewer.gateway.calls.map(({ operation }) => operation);
    await expect.poll(calls).toContain('Stop');
    await viewer.seekTo(20);
    // The new session attaches the film anew meanwhile, and plays it.
    await video((element) => void (element as { play(): Promise<void> }).play().catch(() => {}));
    await viewer.playedPast(20.3);
    expect((await viewer.video()).time).toBeLessThan(60);
  });
});

describe.skipIf(chromium.skip)('a film by Media Source', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(chromium.path);
  });
  afterAll(() => browser?.close());

  const play = async (at: { host?: string; query?: string }, prepare?: (page: Page) => Promise<unknown>) => {
    const viewer = await openViewer(
      browser,
      readFileSync(H264_SAMPLE),
      {
        name: 'Counting Seconds',
        durationSeconds: 40,
        container: 'mp4',
        videoCodec: 'avc',
        audioCodec: 'aac',
      },
      at,
    );
    onTestFinished(() => viewer.close());
    await prepare?.(viewer.page);
    viewer.gateway.setPeers([viewer.addPeer()]);
    await viewer.play();
    const src = await viewer.page.locator('video').evaluate((element) => (element as { src?: string }).src);
    expect(src).toMatch(/^blob:/);
    return viewer;
  };

  it.each([
    ['as the address of the page asks, where there is a service worker', { query: '?feed=media-source' }],
    ['where there is none', { host: INSECURE_HOST, query: '?feed=service-worker' }],
  ])('is played %s', async (_when, at) => {
    await play(at);
  });

  it('is played where there is only the managed kind, as on iPhones', async () => {
    const viewer = await play({ host: INSECURE_HOST }, (page) =>
      page.addInitScript(() => {
        const scope = globalThis as unknown as Record<string, unknown>;
        scope.ManagedMediaSource = scope.MediaSource;
        delete scope.MediaSource;
      }),
    );
    await viewer.seekTo(30);
    await viewer.playedPast(30.3);
  });

  it('is played where no worker can be started, which hashes in the page', async () => {
    await play({ host: INSECURE_HOST }, (page) =>
      page.route('**/hash-worker-*.js', (route) => route.abort()),
    );
  });
});
