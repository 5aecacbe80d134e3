import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireChromium, requireFfmpeg } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGenerator } from '../media/generator.ts';
import { launchBrowser, openViewer } from './harness.ts';

const chromium = requireChromium();
const ffmpeg = requireFfmpeg();
const corpus = (name: string) => fileURLToPath(new URL(`../media/corpus/${name}`, import.meta.url));

describe.skipIf(chromium.skip || ffmpeg.skip)('a film whose file says little of its time', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser(chromium.path);
  });
  afterAll(() => browser?.close());

  it('has the duration of the catalog, and is sought in', async () => {
    const durationSeconds = 10;
    const viewer = await openViewer(browser, await readFile(corpus('no-duration.webm')), {
      name: 'A Recording',
      durationSeconds,
      container: 'webm',
      videoCodec: 'vp8',
      audioCodec: 'opus',
    });
    viewer.gateway.setPeers([viewer.addPeer({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath })]);
    await viewer.watch();
    await viewer.playedPast(0.3);
    await expect.poll(async () => (await viewer.video()).duration).toBeCloseTo(durationSeconds, 0);
    // Its peer makes it into a form that has one.
    expect(await viewer.page.locator('video').getAttribute('src')).toMatch(/^blob:/);
    await viewer.seekTo(6);
    await viewer.playedPast(6.3);
    await viewer.seekTo(2);
    await expect.poll(async () => (await viewer.video()).time).toBeLessThan(4);
    await viewer.playedPast(2.3);
    await viewer.close();
  });

  it.each([
    ['begins later on its own clock', 'start-1.4', 'aac', true],
    ['leaves out the beginning of its sound, which is Opus', 'trimmed', 'libopus', true],
    ['leaves out the beginning of its sound, which is FLAC', 'trimmed', 'flac', true],
    ['leaves out the beginning of its sound, which is AAC', 'trimmed', 'aac', false],
    ['begins with its own clock', 'zero', 'libopus', false],
  ] as const)('that %s', async (_what, timeline, audio, isConverted) => {
    const dir = await mkdtemp(join(tmpdir(), 'giggityflix-clocks-'));
    const { generate } = createGenerator({ ffmpegPath: ffmpeg.path, dir });
    const film = await generate(
      {
        container: 'mp4',
        video: 'libx264',
        audio,
        timeline,
        framesPerSecond: 25,
        pictures: 'closed',
        tracks: 'one',
      },
      join(dir, 'film.mp4'),
    );
    const viewer = await openViewer(browser, await readFile(film.path), {
      name: 'A Film of Time',
      durationSeconds: film.durationSeconds,
      container: 'mp4',
      videoCodec: 'avc',
      audioCodec: audio.replace('lib', ''),
    });
    viewer.gateway.setPeers([viewer.addPeer({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath })]);
    await viewer.watch();
    const source = async () => (await viewer.page.locator('video').getAttribute('src')) ?? '';
    if (isConverted) await expect.poll(source).toMatch(/^blob:/);
    // From its very beginning, wherever the element was by then.
    await viewer.playedPast(0.1);
    expect((await viewer.video()).time).toBeLessThan(3);
    if (!isConverted) expect(await source()).not.toMatch(/^blob:/);
    await viewer.close();
    await rm(dir, { recursive: true });
  });

  it('goes on after a seek back from its end', async () => {
    const viewer = await openViewer(browser, await readFile(corpus('seek-back.wmv')), {
      name: 'An Old Film',
      durationSeconds: 14,
      container: 'asf',
      videoCodec: 'wmv2',
      audioCodec: 'wmav2',
    });
    viewer.gateway.setPeers([viewer.addPeer({ ffmpegPath: ffmpeg.path, ffprobePath: ffmpeg.ffprobePath })]);
    await viewer.watch();
    await viewer.playedPast(0.3);
    await viewer.seekTo(11);
    await viewer.playedPast(11.3);
    await viewer.seekTo(1);
    await expect.poll(async () => (await viewer.video()).time).toBeLessThan(5);
    await viewer.playedPast(1.5);
    await viewer.close();
  });
});
