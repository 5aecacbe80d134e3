import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { requireChromium, requireFfmpeg } from '../support/index.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';

const chromium = requireChromium();
const ffmpeg = requireFfmpeg();
const DURATION = 60;

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
    expect((await viewer.video()).frames).toBeGreaterThan(0);
    await viewer.seekTo(DURATION * 0.9);
    await viewer.playedPast(DURATION * 0.9 + 0.3);
    await viewer.seekTo(3);
    await expect.poll(async () => (await viewer.video()).time).toBeLessThan(10);
    await viewer.playedPast(3.3);
  });

  it('is refused in words when its peer cannot convert it', async () => {
    await open(makeFilm('refused.mkv', ['-c:v', 'mpeg4', '-c:a', 'ac3'], 5), 'mpeg4');
    viewer.gateway.setPeers([viewer.addPeer({ ffmpegPath: null })]);
    await viewer.page.goto(`${viewer.gateway.url}/#/watch/${viewer.film.catalogId}`);
    await viewer.page
      .getByText('This browser cannot play the film (matroska, mpeg4, Dolby Digital)')
      .waitFor();
  });
});
