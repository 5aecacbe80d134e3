import { readFileSync } from 'node:fs';
import { requireChromium } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { complaintsOf } from './accessibility.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';

const program = requireChromium();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);
const SIZES = [
  [375, 760],
  [1280, 800],
  [1920, 1080],
] as const;

describe.skipIf(program.skip)('what a visitor keeps and has watched', () => {
  let browser: Browser;
  let viewer: Viewer;

  beforeAll(async () => {
    browser = await launchBrowser(program.path);
  });
  afterAll(() => browser?.close());
  afterEach(() => viewer?.close());

  const open = async (progressSeconds?: number) => {
    viewer = await openViewer(browser, readFileSync(FILM), {
      name: 'Counting Seconds',
      durationSeconds: 40,
      container: 'mp4',
      videoCodec: 'avc',
      audioCodec: 'aac',
      ...(progressSeconds === undefined ? {} : { progressSeconds }),
    });
    viewer.gateway.setPeers([viewer.addPeer()]);
    await viewer.page.goto(`${viewer.gateway.url}/`);
    await viewer.page.locator('.grid [data-title-id]').waitFor();
  };
  const press = (name: string) => viewer.page.getByRole('button', { name, exact: true }).click();
  const looksRight = async () => {
    for (const [width, height] of SIZES) {
      await viewer.page.setViewportSize({ width, height });
      expect(await viewer.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    }
    expect(await complaintsOf(viewer.page)).toEqual([]);
  };

  it('is a list that titles are added to and taken out of', async () => {
    await open();
    const { page, gateway, film } = viewer;
    await page.locator('.grid [data-title-id]').click();
    await press('Add to watchlist');
    await page.getByRole('button', { name: 'Remove from watchlist' }).waitFor();
    expect([...gateway.lists.kept]).toEqual([film.catalogId]);
    await looksRight();
    // One that the catalog does not know any more.
    gateway.lists.kept.add('f'.repeat(64));
    await page.goto(`${gateway.url}/#/`);
    await page.getByRole('link', { name: 'Your watchlist' }).click();
    await page.getByRole('heading', { name: 'Your watchlist', level: 1 }).waitFor();
    await expect.poll(() => page.locator('.grid [data-title-id]').count()).toBe(1);
    await looksRight();
    await page.locator('.grid [data-title-id]').click();
    await press('Remove from watchlist');
    await page.getByRole('button', { name: 'Add to watchlist' }).waitFor();
    gateway.lists.kept.clear();
    await page.goto(`${gateway.url}/#/watchlist`);
    await page.getByText('Nothing yet.').waitFor();
    await looksRight();
  });

  it('leaves what is watched on when it is taken out, or marked as watched', async () => {
    await open(12);
    const { page, gateway } = viewer;
    const section = page.getByRole('heading', { name: 'Continue watching' });
    await section.waitFor();
    await looksRight();
    await press('Remove Counting Seconds from Continue watching');
    await section.waitFor({ state: 'hidden' });
    expect(gateway.calls.map(({ operation }) => operation)).toContain('HideFromContinueWatching');
    await page.locator('.grid [data-title-id]').click();
    await page.getByRole('link', { name: 'Resume from 0:12' }).waitFor();
    await press('Mark as watched');
    await page.getByRole('button', { name: 'Mark as not watched' }).waitFor();
    expect(gateway.lists.progress()).toMatchObject({ completed: true });
    await press('Mark as not watched');
    await page.getByRole('button', { name: 'Mark as watched' }).waitFor();
    expect(gateway.lists.progress()).toBeNull();
  });

  it('can be stopped elsewhere by who may watch on no further screen', async () => {
    await open();
    const { gateway, page } = viewer;
    gateway.playElsewhere();
    await viewer.watch();
    await page.getByText('This account already plays on 1 of 1 screens.').waitFor();
    const stop = page.getByRole('button', { name: /^Stop “Counting Seconds”, begun at \d/ });
    await stop.waitFor();
    expect(await complaintsOf(page)).toEqual([]);
    await stop.click();
    await viewer.playedPast(0.3);
    await expect.poll(() => page.locator('.notice').isVisible()).toBe(false);
  });

  it('is not in the way of the titles while its service is away', async () => {
    await open();
    const { page, gateway } = viewer;
    gateway.lists.fail();
    await page.reload();
    await page.locator('.grid [data-title-id]').click();
    await page.locator('[data-action=play]').waitFor();
    expect(await page.getByRole('button', { name: 'Add to watchlist' }).count()).toBe(0);
  });
});
