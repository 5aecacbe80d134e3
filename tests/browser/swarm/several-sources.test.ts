import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireChromium, requireFfmpeg } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complaintsOf } from '../accessibility.ts';
import { launchBrowser, openViewer, type Viewer } from '../harness.ts';
import { startPeerProcess } from './peers.ts';

const browserProgram = requireChromium();
const ffmpeg = requireFfmpeg();
const WAIT = { timeout: 60_000, interval: 100 };
const WITHIN_MS = 180_000;
const DURATION = 60;
const FILM_KBPS = 4_000;
/** Of one peer: two give less than half as much again as the film needs, so that the player wants a third. */
const PEER_KBPS = 0.72 * FILM_KBPS;

/** Leaves in the page how long the picture stood for want of data, each time. */
const WATCH_STOPS = `
  globalThis.stops = [];
  let since = 0;
  document.addEventListener('waiting', ({ target }) => {
    if (target.currentTime > 0) since ||= performance.now();
  }, true);
  document.addEventListener('playing', () => {
    if (since) stops.push(performance.now() - since);
    since = 0;
  }, true);
`;

describe.skipIf(browserProgram.skip || ffmpeg.skip)('a film from several peers in Chromium', () => {
  let browser: Browser;
  let directory: string;
  let bytes: Buffer;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'several-sources-'));
    bytes = makeFilm(directory);
    browser = await launchBrowser(browserProgram.path);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const open = () =>
    openViewer(
      browser,
      bytes,
      {
        name: 'Counting Seconds',
        durationSeconds: DURATION,
        container: 'mp4',
        videoCodec: 'h264',
        audioCodec: 'aac',
      },
      { maxSources: 6 },
    );
  const statisticsOf = (viewer: Viewer) => viewer.page.getByRole('region', { name: 'Statistics' });
  const rowsOf = (viewer: Viewer) => statisticsOf(viewer).locator('tbody tr').allTextContents();

  it(
    'goes on while one of three is killed, one lies and another one comes',
    async () => {
      await using viewer = await open();
      const names = ['killed', 'liar', 'honest', 'late'];
      const peers = await Promise.all(names.map((name) => startPeerProcess(viewer, name, PEER_KBPS)));
      const [killed, liar, honest, late] = peers as [Peer, Peer, Peer, Peer];
      try {
        viewer.gateway.setPeers([killed, liar, honest]);
        await viewer.page.addInitScript(WATCH_STOPS);
        await viewer.watch();
        await viewer.playedPast(0.5);
        await viewer.page.keyboard.press('i');
        const rows = () => rowsOf(viewer);
        await expect
          .poll(async () => (await rows()).filter((row) => /[kM]B\/s/.test(row)).length, WAIT)
          .toBe(3);
        await expect
          .poll(async () => (await viewer.video()).bufferedTo - (await viewer.video()).time, WAIT)
          .toBeGreaterThan(6);
        await viewer.page.evaluate('stops.length = 0');

        killed.kill();
        viewer.gateway.setPeers([liar, honest, late]);
        liar.lie();
        await expect
          .poll(() => viewer.gateway.left, WAIT)
          .toContainEqual(expect.objectContaining({ peerId: 'liar', problem: 'NOT_PROVEN' }));
        await expect.poll(() => late.sentBytes(), WAIT).toBeGreaterThan(0);
        const { bufferedTo } = await viewer.video();
        const end = Math.min(DURATION - 1, bufferedTo + 3);
        await expect.poll(async () => (await viewer.video()).time, WAIT).toBeGreaterThan(end);
        const stops = await viewer.page.evaluate<number[]>('stops');
        expect(stops.filter((ms) => ms > 500)).toEqual([]);
        expect(await statisticsOf(viewer).textContent()).toContain('Data that is not of this film came');
      } finally {
        await Promise.all(peers.map((peer) => peer.stop()));
      }
    },
    WITHIN_MS,
  );

  it(
    'shows where it comes from, how fast, and what of it is verified, by a key or a button',
    async () => {
      await using viewer = await open();
      viewer.gateway.setPeers([viewer.addPeer(), viewer.addPeer()]);
      await viewer.watch();
      await viewer.playedPast(0.5);
      const { page } = viewer;
      const panel = statisticsOf(viewer);
      const button = page.getByRole('button', { name: 'Statistics' });
      const before = await page.locator('video').boundingBox();
      expect(await panel.count()).toBe(0);
      await button.click();
      await expect.poll(() => rowsOf(viewer), WAIT).toHaveLength(2);
      const text = () => panel.textContent();
      await expect.poll(text, WAIT).toMatch(/Peer 1[\d.]+ [kM]B\/s[\d.]+ [kM]B/);
      await expect.poll(text, WAIT).toMatch(/Loaded ahead[\d.]+ sVerified\d+ pieces, [\d.]+ MB/);
      expect(await button.getAttribute('aria-expanded')).toBe('true');
      expect(await page.locator('video').boundingBox()).toEqual(before);
      expect(await complaintsOf(page)).toEqual([]);
      await page.keyboard.press('i');
      expect(await panel.count()).toBe(0);
      await page.keyboard.press('i');
      expect(await panel.count()).toBe(1);
    },
    WITHIN_MS,
  );
});

type Peer = Awaited<ReturnType<typeof startPeerProcess>>;

function makeFilm(directory: string): Buffer {
  const path = join(directory, 'film.mp4');
  const rate = `${FILM_KBPS}k`;
  execFileSync(ffmpeg.path, [
    ...[
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      `testsrc2=size=320x180:rate=24:duration=${DURATION},noise=alls=60:allf=t`,
    ],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${DURATION}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '48'],
    ...['-b:v', rate, '-minrate', rate, '-maxrate', rate, '-bufsize', rate],
    ...['-c:a', 'aac', '-movflags', '+faststart', '-shortest', path],
  ]);
  return readFileSync(path);
}
