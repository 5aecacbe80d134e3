import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createIssuer, createTestPeer, shareFile } from '../../peer/src/streaming/testing.ts';
import { ensureBuilt, webRoot } from '../../web/src/index.ts';
import { requireChromium } from '../support/index.ts';
import { CHROMIUM_ARGS } from './chromium.ts';
import { startFakeGateway } from './fake-gateway.ts';

const program = requireChromium();
const FILM = fileURLToPath(new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url));
const DURATION = 40;

/** The parts of HTMLVideoElement used below, which run in the page. */
interface VideoElement {
  currentTime: number;
  getVideoPlaybackQuality(): { totalVideoFrames: number };
}
const stateOf = (element: unknown) => {
  const video = element as VideoElement;
  return { time: video.currentTime, frames: video.getVideoPlaybackQuality().totalVideoFrames };
};
const seek = (element: unknown, seconds: number) => {
  (element as VideoElement).currentTime = seconds;
};

describe.skipIf(program.skip)('the player in Chromium', () => {
  let browser: Browser;
  let page: Page;
  let issuer: Awaited<ReturnType<typeof createIssuer>>;
  let film: Awaited<ReturnType<typeof shareFile>>;
  let gateway: Awaited<ReturnType<typeof startFakeGateway>>;
  const peers: ReturnType<typeof createTestPeer>[] = [];

  const addPeer = (config = {}) => {
    const peer = createTestPeer(film.source, issuer.jwks, {
      sendSignal: (signal) => gateway.relay(signal),
      ...config,
    });
    peers.push(peer);
    return {
      peerId: `peer-${peers.length}`,
      handleSignal: peer.streaming.handleSignal,
      streaming: peer.streaming,
    };
  };
  const video = () => page.locator('video').evaluate(stateOf);
  const seekTo = (seconds: number) => page.locator('video').evaluate(seek, seconds);
  const startPlaying = async () => {
    await page.goto(gateway.url);
    await page.click('[data-title-id]');
    await page.click('[data-action=play]');
    await expect.poll(async () => (await video()).time, { timeout: 15_000 }).toBeGreaterThan(0.5);
  };

  beforeAll(async () => {
    await ensureBuilt();
    browser = await chromium.launch({ executablePath: program.path, args: CHROMIUM_ARGS });
    issuer = await createIssuer();
    film = await shareFile(await readFile(FILM), { durationSeconds: DURATION });
  });
  afterAll(async () => {
    await browser?.close();
    await film?.remove();
  });
  beforeEach(async () => {
    gateway = await startFakeGateway({
      webRoot,
      signToken: issuer.sign,
      file: {
        catalogId: film.catalogId,
        name: 'Counting Seconds',
        sizeBytes: film.bytes.byteLength,
        durationSeconds: DURATION,
        container: 'mp4',
        videoCodec: 'avc',
        audioCodec: 'aac',
      },
    });
    page = await browser.newPage();
  });
  afterEach(async () => {
    await page.close();
    await Promise.all(peers.splice(0).map((peer) => peer.streaming.stop()));
    await gateway.stop();
  });

  it('plays and seeks a film that comes over the data channel alone', async () => {
    gateway.setPeers([addPeer()]);
    await startPlaying();
    expect((await video()).frames).toBeGreaterThan(0);
    await seekTo(DURATION * 0.8);
    await expect
      .poll(async () => (await video()).time, { timeout: 10_000 })
      .toBeGreaterThan(DURATION * 0.8 + 0.3);
    expect(peers[0]!.streaming.viewers()[0]!.sentBytes).toBeGreaterThan(0);
  });

  it('carries on from another peer when the one that serves goes away', async () => {
    const [first, second] = [addPeer(), addPeer()];
    gateway.setPeers([first, second]);
    await startPlaying();
    expect(gateway.servedBy('session-1')).toBe(first.peerId);
    await first.streaming.stop();
    gateway.setPeers([second]);
    await seekTo(DURATION * 0.8);
    await expect
      .poll(async () => (await video()).time, { timeout: 15_000 })
      .toBeGreaterThan(DURATION * 0.8 + 0.3);
    expect(gateway.servedBy('session-1')).toBe(second.peerId);
  });

  it('says why a film cannot be played, and offers to tell when it can', async () => {
    gateway.setPeers([]);
    await page.goto(`${gateway.url}/#/watch/${film.catalogId}`);
    await page.getByText('Nobody who has this film is online right now.').waitFor();
    await page.getByRole('button', { name: 'Notify me' }).click();
    await page.getByText('You will be told when it can be watched.').waitFor();
    gateway.matched();
    await page.getByText('Counting Seconds can be watched now').waitFor();
  });

  it('shows availability as it changes', async () => {
    gateway.setPeers([]);
    await page.goto(gateway.url);
    await page.getByText('Unavailable').waitFor();
    await expect
      .poll(async () => {
        gateway.setPeers([addPeer()]);
        return page.getByText('1 peer').isVisible();
      })
      .toBe(true);
  });

  it('stops the session when the viewer leaves the page of the film', async () => {
    gateway.setPeers([addPeer()]);
    await startPlaying();
    await page.goto(`${gateway.url}/#/`);
    await expect.poll(() => gateway.calls.map(({ operation }) => operation)).toContain('Stop');
    await expect.poll(() => peers[0]!.streaming.viewers()).toEqual([]);
  });
});
