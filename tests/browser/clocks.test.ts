import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { requireChromium, requireFfmpeg } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
