import { readFileSync } from 'node:fs';
import { requireChromium } from '@giggityflix/testing';
import type { Browser, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { complaintsOf } from './accessibility.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';

const program = requireChromium();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);

describe.skipIf(program.skip)('a page that cannot be shown', () => {
  let browser: Browser;
  let viewer: Viewer;

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
  });
  afterEach(() => viewer.close());

  const answers = (code: string) => ({
    status: 200,
    contentType: 'application/json',
    body: JSON.stringify({ data: null, errors: [{ message: 'not now', extensions: { code } }] }),
  });
  const failing = () => viewer.page.getByRole('heading', { name: 'That did not work' });

  it('is shown by itself once the platform answers', { timeout: 60_000 }, async () => {
    const { page, gateway } = viewer;
    let answer = (route: Route) => route.abort();
    await page.route('**/graphql', (route) => answer(route));
    await page.goto(`${gateway.url}/`);
    await failing().waitFor();
    await page.getByText('The server does not answer. This page tries again by itself.').waitFor();
    expect(await complaintsOf(page)).toEqual([]);
    // It says what is the matter now.
    answer = (route) => route.fulfill(answers('SUBGRAPH_UNAVAILABLE'));
    await page.getByText('Not now. This page tries again by itself.').waitFor({ timeout: 20_000 });
    answer = (route) => route.continue();
    await page.locator('[data-title-id]').first().waitFor({ timeout: 30_000 });
    expect(await failing().count()).toBe(0);
  });

  it('does not try again what will not pass, but when asked to, and not once it was left', {
    timeout: 60_000,
  }, async () => {
    const { page, gateway } = viewer;
    let asked = 0;
    await page.route('**/graphql', (route) => {
      asked += 1;
      return route.fulfill(answers('BAD_USER_INPUT'));
    });
    await page.goto(`${gateway.url}/`);
    await failing().waitFor();
    expect(await page.getByText('by itself').count()).toBe(0);
    const before = asked;
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => asked).toBeGreaterThan(before);
    await page.unroute('**/graphql');
    await page.goto(`${gateway.url}/#/title/${viewer.film.catalogId}`);
    await failing().waitFor({ state: 'detached' });
  });
});
