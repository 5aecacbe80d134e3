import { readFileSync } from 'node:fs';
import { requireChromium } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complaintsOf } from './accessibility.ts';
import { launchBrowser, openViewer } from './harness.ts';

const program = requireChromium();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);
const DESCRIBED = {
  name: 'Counting Seconds',
  durationSeconds: 40,
  container: 'mp4',
  videoCodec: 'avc',
  audioCodec: 'aac',
};
const WHAT_THIS_IS = 'Giggityflix plays films straight from the machines of people who share them.';

describe.skipIf(program.skip)('a first visit', { timeout: 60_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(program.path);
  });
  afterAll(() => browser?.close());

  it('is told what this is and how films get in, until that is read', async () => {
    await using viewer = await openViewer(browser, readFileSync(FILM), DESCRIBED);
    const { page, gateway } = viewer;
    await page.goto(gateway.url);
    const note = page.getByRole('region', { name: 'What this is' });
    await note.getByText(WHAT_THIS_IS).waitFor();
    for (const width of [375, 1280, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    }
    expect(await complaintsOf(page)).toEqual([]);
    await note.getByRole('button', { name: 'Got it' }).focus();
    await page.keyboard.press('Enter');
    await note.waitFor({ state: 'detached' });
    // The next arrow leads to the titles.
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate('document.activeElement.dataset.titleId')).toBe('title-1');
    await page.reload();
    await page.locator('.grid [data-title-id]').waitFor();
    expect(await page.getByText(WHAT_THIS_IS).count()).toBe(0);
  });

  it('is told so where there are no titles, too, and once', async () => {
    const nothing = () => ({ totalCount: 0, pageInfo: { hasNextPage: false, endCursor: null }, edges: [] });
    await using viewer = await openViewer(browser, readFileSync(FILM), DESCRIBED, {
      people: { titles: nothing },
    });
    const { page, gateway } = viewer;
    await page.goto(gateway.url);
    await page.getByText(`No titles yet. ${WHAT_THIS_IS}`).waitFor();
    expect(await page.getByText(WHAT_THIS_IS).filter({ visible: true }).count()).toBe(1);
    expect(await complaintsOf(page)).toEqual([]);
  });
});
