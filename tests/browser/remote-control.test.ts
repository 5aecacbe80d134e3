import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { requireChromium } from '@giggityflix/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { complaintsOf } from './accessibility.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';

const program = requireChromium();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);
const TIMEOUT = { timeout: 60_000 };

describe.skipIf(program.skip)('a remote control: arrows, OK and Back', () => {
  let browser: Browser;
  let viewer: Viewer;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser(program.path);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    viewer = await openViewer(browser, readFileSync(FILM), {
      name: 'Counting Seconds',
      durationSeconds: 40,
      container: 'mp4',
      videoCodec: 'avc',
      audioCodec: 'aac',
    });
    page = viewer.page;
    await page.setViewportSize({ width: 1920, height: 1080 });
    viewer.gateway.setParts({
      chapters: [
        { startSeconds: 0, title: 'Beginning' },
        { startSeconds: 20, title: null },
      ],
    });
    const { film } = viewer;
    const subtitles = ['en', 'de'].map((language) => `${film.path}.${language}.vtt`);
    for (const path of subtitles) writeFileSync(path, 'WEBVTT\n\n00:00.000 --> 00:40.000\nGood day\n');
    Object.assign(film.shared, { subtitles: subtitles.map((path) => basename(path)) });
    viewer.gateway.setPeers([viewer.addPeer()]);
  });
  afterEach(() => viewer.close());

  const press = (...keys: string[]) =>
    keys.reduce<Promise<void>>(
      (before, key) => before.then(() => page.keyboard.press(key)),
      Promise.resolve(),
    );
  /** Of televisions; keyboards have no such key. */
  const goBack = () =>
    page.evaluate(() => {
      const { document, KeyboardEvent } = globalThis as unknown as PageGlobals;
      const init = { key: 'GoBack', bubbles: true, cancelable: true };
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', init));
    });
  const focused = () =>
    page.evaluate(() => {
      const { activeElement } = (globalThis as unknown as PageGlobals).document;
      return activeElement.labels?.[0]?.firstChild.textContent ?? activeElement.textContent ?? '';
    });
  const place = () => new URL(page.url()).hash;
  const watch = async () => {
    await viewer.watch();
    await viewer.playedPast(0.3);
    await page.getByRole('combobox', { name: 'Subtitles' }).waitFor();
  };
  /** Along the bar, from its beginning. */
  const goTo = async (name: string) => {
    await page.locator('video').focus();
    await press('ArrowUp');
    for (let steps = 0; (await focused()) !== name && steps < 12; steps += 1) await press('ArrowLeft');
    for (let steps = 0; (await focused()) !== name && steps < 12; steps += 1) await press('ArrowRight');
    expect(await focused()).toBe(name);
  };

  it('opens each menu of the player, chooses from it, and closes it where it was', TIMEOUT, async () => {
    await watch();
    for (const name of ['Subtitles', 'Chapters', 'Quality']) {
      const field = page.getByRole('combobox', { name });
      // The film may become known as convertible, or not, only after a while.
      if (name === 'Quality' && !(await field.isVisible())) continue;
      const before = await field.inputValue();
      await goTo(name);
      await press('Enter');
      await page.getByRole('menu', { name }).waitFor();
      expect(await complaintsOf(page)).toEqual([]);
      await press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Escape');
      await page.getByRole('menu', { name }).waitFor({ state: 'hidden' });
      expect(await focused()).toBe(name);
      expect(await field.inputValue()).toBe(before);
    }
    await goTo('Subtitles');
    await press('Enter', 'ArrowDown', 'Enter');
    expect(await page.getByRole('combobox', { name: 'Subtitles' }).inputValue()).not.toBe('');
    expect(await focused()).toBe('Subtitles');
    await goTo('Chapters');
    await press('Enter', 'ArrowDown', 'Enter');
    await viewer.playedPast(20);
    expect(place()).toBe(`#/watch/${viewer.film.catalogId}`);
  });

  it('opens the panels of the player, works what is in them, and closes them by Back', TIMEOUT, async () => {
    await watch();
    await page.getByRole('combobox', { name: 'Subtitles' }).selectOption('English');
    await goTo('Subtitle options');
    await press('Enter', 'ArrowRight', 'ArrowRight', 'Enter');
    await expect.poll(() => page.getByLabel('Delay of the subtitles in seconds').inputValue()).toBe('0.5');
    await press('Escape');
    await page.getByRole('region', { name: 'Subtitle options' }).waitFor({ state: 'hidden' });
    expect(await focused()).toBe('Subtitle options');
    await goTo('Statistics');
    await press('Enter');
    await page.getByRole('region', { name: 'Statistics' }).waitFor();
    await goBack();
    await page.getByRole('region', { name: 'Statistics' }).waitFor({ state: 'hidden' });
    expect(await focused()).toBe('Statistics');
    expect(place()).toBe(`#/watch/${viewer.film.catalogId}`);
  });

  it('goes back from a menu that is closed, step by step, and never out of the site', TIMEOUT, async () => {
    await page.goto('about:blank');
    await watch();
    await page.getByRole('combobox', { name: 'Subtitles' }).focus();
    // Nobody came by the page of the title, which is what lies above.
    await press('Escape');
    await page.locator('[data-action=play]').waitFor();
    expect(place()).toBe('#/title/title-1');
    await goBack();
    await page.locator('.grid [data-title-id]').waitFor();
    await press('Escape', 'Escape');
    await goBack();
    expect(place()).toBe('#/');
    // By what was opened since it goes back as the browser does.
    await page.locator('.grid [data-title-id]').click();
    await page.locator('[data-action=play]').click();
    await viewer.playedPast(0.3);
    await press('Escape');
    await page.locator('[data-action=play]').waitFor();
    await press('Escape');
    await page.locator('.grid [data-title-id]').waitFor();
    await press('Escape');
    expect(place()).toBe('#/');
  });
});

interface PageGlobals {
  document: {
    activeElement: {
      dispatchEvent(event: object): void;
      textContent: string;
      labels?: Iterable<unknown> & { 0?: { firstChild: { textContent: string } } };
    };
  };
  KeyboardEvent: new (type: string, init: object) => object;
}
