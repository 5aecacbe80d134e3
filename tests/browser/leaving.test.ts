import { readFileSync } from 'node:fs';
import { requireChromium } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openViewer } from './harness.ts';

const program = requireChromium();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);

describe.skipIf(program.skip)('someone who leaves the player', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(program.path);
  });
  afterAll(() => browser?.close());

  it('finds the place they left everywhere, though the platform knows only one before', {
    timeout: 60_000,
  }, async () => {
    // Its progress stays where it was.
    await using viewer = await openViewer(browser, readFileSync(FILM), {
      name: 'Counting Seconds',
      durationSeconds: 40,
      progressSeconds: 12,
      container: 'mp4',
      videoCodec: 'avc',
      audioCodec: 'aac',
    });
    const { page, gateway } = viewer;
    const pauseAt = async (seconds: number) => {
      await page.locator('video').evaluate((element) => (element as unknown as { pause(): void }).pause());
      await viewer.seekTo(seconds);
      await expect.poll(async () => (await viewer.video()).time).toBe(seconds);
    };
    const home = () => page.getByRole('link', { name: 'Giggityflix, all titles' }).click();
    const play = page.locator('[data-action=play]');
    gateway.setPeers([viewer.addPeer()]);
    await page.goto(gateway.url);
    await page.getByText('from 0:12').waitFor();
    await page.locator('.grid [data-title-id]').click();
    await page.getByRole('link', { name: 'Resume from 0:12' }).click();
    await viewer.playedPast(12.3);
    await pauseAt(25);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Resume from 0:25' }).waitFor();
    await home();
    await page.getByText('from 0:25').waitFor();
    await page.locator('.grid [data-title-id]').click();
    await play.click();
    await viewer.playedPast(25.2);
    await pauseAt(0);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Play', exact: true }).waitFor();
    await home();
    await page.locator('.grid [data-title-id]').waitFor();
    await expect.poll(() => page.getByRole('heading', { name: 'Continue watching' }).isVisible()).toBe(false);
    await page.locator('.grid [data-title-id]').click();
    await play.click();
    await viewer.playedPast(0.2);
    expect((await viewer.video()).time).toBeLessThan(10);
  });
});
