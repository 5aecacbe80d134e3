import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { requireChromium } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shareFile } from '../../peer/testing/streaming.ts';
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

  it('begins where the visitor left off, and goes to the very beginning from there', async () => {
    await viewer.close();
    viewer = await openViewer(browser, readFileSync(FILM), {
      name: 'Counting Seconds',
      durationSeconds: DURATION,
      progressSeconds: 28,
      container: 'mp4',
      videoCodec: 'avc',
      audioCodec: 'aac',
    });
    viewer.gateway.setPeers([viewer.addPeer()]);
    await viewer.watch();
    await viewer.playedPast(28.3);
    await viewer.seekTo(0);
    await expect.poll(async () => (await viewer.video()).time).toBeLessThan(3);
    await viewer.playedPast(0.3);
  });

  it('takes the answer of a peer that is quicker than the browser', async () => {
    const peer = viewer.addPeer();
    const steps: string[] = [];
    const counted: typeof peer = {
      ...peer,
      handleSignal(signal) {
        if (signal.signal?.$case === 'description') steps.push('offer');
        peer.handleSignal(signal);
      },
    };
    viewer.gateway.setPeers([counted]);
    await viewer.page.exposeFunction('described', () => void steps.push('local description'));
    await viewer.page.addInitScript(() => {
      const { RTCPeerConnection } = globalThis as unknown as {
        RTCPeerConnection: { prototype: { setLocalDescription(offer: unknown): Promise<void> } };
      };
      const { setLocalDescription } = RTCPeerConnection.prototype;
      RTCPeerConnection.prototype.setLocalDescription = async function (offer) {
        // The offer goes out with the request for the session: its answer is here before this is done.
        await fetch('/', { cache: 'no-store' });
        await setLocalDescription.call(this, offer);
        await (globalThis as unknown as { described(): Promise<void> }).described();
      };
    });
    await viewer.play();
    expect(steps).toEqual(['offer', 'local description']);
  });

  it('carries on from another peer when the one that serves goes away', async () => {
    // Slow enough that the rest of the film has not come when the first peer goes.
    const [first, second] = [viewer.addPeer({ maxBandwidthKbps: 1_500 }), viewer.addPeer()];
    viewer.gateway.setPeers([first]);
    await viewer.page.goto(`${viewer.gateway.url}/#/watch/${viewer.film.catalogId}`);
    await expect
      .poll(() => first.streaming.viewers()[0]?.sentBytes ?? 0, { timeout: 15_000 })
      .toBeGreaterThan(100_000);
    expect(first.streaming.viewers()[0]!.sentBytes).toBeLessThan(viewer.film.bytes.byteLength);
    // Only now: where the first answers late, the player turns to another one at once.
    viewer.gateway.setPeers([first, second]);
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
        return page.getByText('From 1 machine').isVisible();
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

  it('goes on from another peer when the file of the one that serves is no longer the film', async () => {
    const copy = await shareFile(viewer.film.bytes);
    // The second half has become another film's.
    writeFileSync(copy.path, Buffer.concat([copy.bytes.subarray(0, 262_144), Buffer.alloc(221_204)]));
    const [first, second] = [viewer.addPeer({}, copy.source), viewer.addPeer()];
    viewer.gateway.setPeers([first, second]);
    await viewer.watch();
    await viewer.playedPast(0.5);
    await viewer.seekTo(DURATION * 0.8);
    await viewer.playedPast(DURATION * 0.8 + 0.3);
    expect(viewer.gateway.servedBy('session-1')).toBe(second.peerId);
    await copy.remove();
  });

  it('says so when the film stands because its peer is slow, and goes to another one', async () => {
    const { page, gateway } = viewer;
    await page.clock.install();
    const slow = viewer.addPeer({ maxBandwidthKbps: 60 });
    gateway.setPeers([slow]);
    await viewer.watch();
    await page.getByText('Buffering…').waitFor({ timeout: 15_000 });
    await page.clock.runFor(10_000);
    await page.getByText('The film comes more slowly than it plays.').waitFor();
    const fast = viewer.addPeer();
    gateway.setPeers([slow, fast]);
    await expect
      .poll(
        async () => {
          await page.clock.runFor(1_000);
          return gateway.servedBy('session-1');
        },
        { timeout: 20_000 },
      )
      .toBe(fast.peerId);
    await viewer.playedPast(0.5);
    await expect.poll(() => page.locator('.notice').isVisible()).toBe(false);
  });

  it('shows the subtitles a viewer chooses, with the keyboard too, and remembers the language', async () => {
    const { page, gateway, film } = viewer;
    const files = ['en', 'de.sdh'].map((suffix) => `${film.path}.${suffix}.vtt`);
    for (const file of files)
      writeFileSync(
        file,
        `WEBVTT\n\n00:00.000 --> 00:40.000\n${file.includes('.de.') ? 'Guten Tag' : 'Good day'}\n`,
      );
    Object.assign(film.shared, { subtitles: files.map((file) => basename(file)) });
    gateway.setPeers([viewer.addPeer()]);
    const shown = () =>
      page
        .locator('video')
        .evaluate((element) =>
          [...(element as unknown as VideoWithTracks).textTracks].flatMap(({ mode, activeCues }) =>
            mode === 'showing' ? [...(activeCues ?? [])].map(({ text }) => text) : [],
          ),
        );
    await viewer.watch();
    const menu = page.getByRole('combobox', { name: 'Subtitles' });
    await menu.waitFor();
    expect(await menu.locator('option').allTextContents()).toEqual([
      'Off',
      'English',
      'German (for the hard of hearing)',
    ]);
    expect(await shown()).toEqual([]);
    await menu.focus();
    await page.keyboard.press('G');
    await expect.poll(shown).toEqual(['Guten Tag']);
    await menu.selectOption('English');
    await expect.poll(shown).toEqual(['Good day']);
    await page.reload();
    await expect.poll(shown, { timeout: 15_000 }).toEqual(['Good day']);
    await menu.selectOption('Off');
    await expect.poll(shown).toEqual([]);
    for (const file of files) rmSync(file);
  });
});

interface VideoWithTracks {
  textTracks: Iterable<{ mode: string; activeCues: Iterable<{ text: string }> | null }>;
}
