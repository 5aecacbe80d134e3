import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { requireChromium } from '../support/index.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';

const program = requireChromium();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);
const DURATION = 40;

describe.skipIf(program.skip)('the player in Chromium', () => {
  let browser: Browser;
  let viewer: Viewer;

  beforeAll(async () => {
    browser = await launchBrowser(program.path);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    viewer = await openViewer(browser, readFileSync(FILM), {
      name: 'Counting Seconds',
      durationSeconds: DURATION,
      container: 'mp4',
      videoCodec: 'avc',
      audioCodec: 'aac',
    });
  });
  afterEach(() => viewer.close());

  it('plays and seeks a film that comes over the data channel alone', async () => {
    const peer = viewer.addPeer();
    viewer.gateway.setPeers([peer]);
    await viewer.play();
    expect((await viewer.video()).frames).toBeGreaterThan(0);
    await viewer.seekTo(DURATION * 0.8);
    await viewer.playedPast(DURATION * 0.8 + 0.3);
    expect(peer.streaming.viewers()[0]!.sentBytes).toBeGreaterThan(0);
  });

  it('carries on from another peer when the one that serves goes away', async () => {
    // Slow enough that the rest of the film has not come when the first peer goes.
    const [first, second] = [viewer.addPeer({ maxBandwidthKbps: 1_500 }), viewer.addPeer()];
    viewer.gateway.setPeers([first, second]);
    await viewer.page.goto(`${viewer.gateway.url}/#/watch/${viewer.film.catalogId}`);
    await expect
      .poll(() => first.streaming.viewers()[0]?.sentBytes ?? 0, { timeout: 15_000 })
      .toBeGreaterThan(100_000);
    expect(first.streaming.viewers()[0]!.sentBytes).toBeLessThan(viewer.film.bytes.byteLength);
    await first.streaming.stop();
    viewer.gateway.setPeers([second]);
    await viewer.playedPast(0.5);
    await viewer.seekTo(DURATION * 0.8);
    await viewer.playedPast(DURATION * 0.8 + 0.3);
    expect(viewer.gateway.servedBy('session-1')).toBe(second.peerId);
    expect(second.streaming.viewers()[0]!.sentBytes).toBeGreaterThan(0);
  });

  it('asks another peer when it hears that the one chosen is lost', async () => {
    const [silent, second] = [{ peerId: 'silent', handleSignal: () => {} }, viewer.addPeer()];
    viewer.gateway.setPeers([silent, second]);
    await viewer.page.goto(`${viewer.gateway.url}/#/watch/${viewer.film.catalogId}`);
    await expect.poll(() => viewer.gateway.servedBy('session-1')).toBe('silent');
    viewer.gateway.loseServer('session-1');
    await viewer.playedPast(0.5);
    expect(viewer.gateway.servedBy('session-1')).toBe(second.peerId);
  });

  it('says why a film cannot be played, and offers to tell when it can', async () => {
    const { page, gateway, film } = viewer;
    await page.goto(`${gateway.url}/#/watch/${film.catalogId}`);
    await page.getByText('Nobody who has this film is online right now.').waitFor();
    await page.getByRole('button', { name: 'Notify me' }).click();
    await page.getByText('You will be told when it can be watched.').waitFor();
    gateway.matched();
    await page.getByText('Counting Seconds can be watched now').waitFor();
  });

  it('goes on by itself when the film can be had again', async () => {
    const { page, gateway, film } = viewer;
    await page.goto(`${gateway.url}/#/watch/${film.catalogId}`);
    await page.getByText('Nobody who has this film is online right now.').waitFor();
    const peer = viewer.addPeer();
    await expect
      .poll(async () => {
        gateway.setPeers([peer]);
        return gateway.servedBy('session-1');
      })
      .toBe(peer.peerId);
    await viewer.playedPast(0.5);
  });

  it('shows availability as it changes', async () => {
    const { page, gateway } = viewer;
    await page.goto(gateway.url);
    await page.getByText('Unavailable').waitFor();
    const peer = viewer.addPeer();
    await expect
      .poll(async () => {
        gateway.setPeers([peer]);
        return page.getByText('1 peer').isVisible();
      })
      .toBe(true);
  });

  it('stops the session when the viewer leaves the page of the film', async () => {
    const { page, gateway } = viewer;
    const peer = viewer.addPeer();
    gateway.setPeers([peer]);
    await viewer.play();
    await page.goto(`${gateway.url}/#/`);
    await expect.poll(() => gateway.calls.map(({ operation }) => operation)).toContain('Stop');
    await expect.poll(() => peer.streaming.viewers()).toEqual([]);
  });
});
