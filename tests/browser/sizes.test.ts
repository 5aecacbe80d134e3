import { readFileSync } from 'node:fs';
import { requireChromium } from '@giggityflix/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complaintsOf } from './accessibility.ts';
import { launchBrowser, openViewer } from './harness.ts';

const program = requireChromium();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);
const SIZES = [
  [375, 760],
  [1280, 800],
  [1920, 1080],
] as const;
/** Pixels at 1920 that can be read from three metres. */
const LEAST_FROM_SOFA = 20;

/** Texts that are seen and smaller than so many pixels. */
const smallTexts = (page: Page, least: number) =>
  page.evaluate((limit) => {
    const { document, getComputedStyle } = globalThis as unknown as PageGlobals;
    const own = (element: Shown) =>
      [...element.childNodes].some(
        ({ nodeType, textContent }) => nodeType === 3 && textContent.trim() !== '',
      );
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.checkVisibility() && own(element))
      .map((element) => ({
        text: element.textContent,
        size: Number.parseFloat(getComputedStyle(element).fontSize),
      }))
      .filter(({ size }) => size < limit);
  }, least);

describe.skipIf(program.skip)('the pages at the sizes of phones, desks and televisions', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(program.path);
  });
  afterAll(() => browser?.close());

  it('can be read from the sofa, fit, and have two cards in a row on a phone', {
    timeout: 90_000,
  }, async () => {
    const names = ['Metropolis', 'Nosferatu', 'The Very Long Name of a Film That Goes on for a While', 'M'];
    const titleOf = (name: string) => ({
      ...{ id: name, name, year: 1927, kind: 'MOVIE', artwork: [], genres: [], studios: [], people: [] },
      ...{ ratings: [], extras: [], files: [] },
    });
    const titles = () => ({
      totalCount: names.length,
      pageInfo: { hasNextPage: false, endCursor: null },
      edges: names.map((name) => ({ cursor: name, node: titleOf(name) })),
    });
    await using viewer = await openViewer(
      browser,
      readFileSync(FILM),
      {
        name: 'Counting Seconds',
        durationSeconds: 40,
        progressSeconds: 12,
        container: 'mp4',
        videoCodec: 'avc',
        audioCodec: 'aac',
      },
      { people: { titles } },
    );
    const { page, gateway, film } = viewer;
    gateway.setPeers([viewer.addPeer()]);
    const pages: [route: string, shown: string][] = [
      ['#/', '.row .card'],
      ['#/title/title-1', '[data-action=play]'],
      [`#/watch/${film.catalogId}`, '.over .back'],
    ];
    for (const [route, shown] of pages) {
      await page.goto(`${gateway.url}/${route}`);
      await page.locator(shown).first().waitFor();
      for (const [width, height] of SIZES) {
        await page.setViewportSize({ width, height });
        const fits = await page.evaluate('document.documentElement.scrollWidth <= innerWidth');
        expect([route, width, fits]).toEqual([route, width, true]);
        expect([route, width, await complaintsOf(page)]).toEqual([route, width, []]);
      }
      for (const name of ['Statistics', 'Subtitle options']) {
        const panel = page.getByRole('button', { name, exact: true });
        if (await panel.isVisible()) await panel.click();
      }
      expect([route, await smallTexts(page, LEAST_FROM_SOFA)]).toEqual([route, []]);
      expect(await page.evaluate('getComputedStyle(document.body).fontSize')).toBe('24px');
    }
    await page.goto(`${gateway.url}/#/`);
    await page.setViewportSize({ width: 375, height: 760 });
    await page.locator('.grid .card').first().waitFor();
    const tops = await page
      .locator('.grid .card')
      .evaluateAll((cards) => cards.map((card) => (card as unknown as Shown).getBoundingClientRect().top));
    expect(tops.filter((top) => top === tops[0]).length).toBe(2);
  });
});

interface Shown {
  childNodes: Iterable<{ nodeType: number; textContent: string }>;
  textContent: string;
  checkVisibility(): boolean;
  getBoundingClientRect(): { top: number };
}

interface PageGlobals {
  document: { querySelectorAll(selector: string): Iterable<Shown> };
  getComputedStyle(element: Shown): { fontSize: string };
}
