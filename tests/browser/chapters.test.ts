import { readFileSync } from 'node:fs';
import { requireChromium } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openViewer } from './harness.ts';

const program = requireChromium();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);

describe.skipIf(program.skip)('chapters and parts to skip in Chromium', { timeout: 60_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(program.path);
  });
  afterAll(() => browser?.close());

  it('are offered, and lead where they say', async () => {
    const viewer = await openViewer(browser, readFileSync(FILM), {
      name: 'Counting Seconds',
      durationSeconds: 40,
      container: 'mp4',
      videoCodec: 'avc',
      audioCodec: 'aac',
    });
    const { page, gateway } = viewer;
    page.setDefaultTimeout(10_000);
    gateway.setParts({
      chapters: [
        { startSeconds: 0, title: 'Beginning' },
        { startSeconds: 20, title: null },
      ],
      markers: [
        { kind: 'INTRO', startSeconds: 0, endSeconds: 12 },
        { kind: 'CREDITS', startSeconds: 30, endSeconds: 40 },
      ],
    });
    gateway.setPeers([viewer.addPeer()]);
    await viewer.watch();
    await viewer.playedPast(0.5);
    const chapters = page.getByRole('combobox', { name: 'Chapters' });
    expect(await chapters.locator('option').allTextContents()).toEqual(['0:00 Beginning', '0:20 Chapter 2']);
    await page.getByRole('button', { name: 'Skip intro' }).focus();
    await page.keyboard.press('Enter');
    await viewer.playedPast(12);
    await expect.poll(() => page.getByRole('button', { name: /^Skip/ }).count()).toBe(0);
    await chapters.selectOption('0:20 Chapter 2');
    await viewer.playedPast(20);
    await viewer.seekTo(5);
    await expect.poll(() => chapters.inputValue()).toBe('0');
    await page.locator('.marks button').nth(1).click({ force: true });
    await viewer.playedPast(20);
    await viewer.seekTo(31);
    await page.getByRole('button', { name: 'Skip credits' }).click();
    await expect.poll(async () => (await viewer.video()).time, { timeout: 15_000 }).toBeGreaterThan(39);
    await viewer.close();
  });
});
