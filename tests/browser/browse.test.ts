import { readFileSync } from 'node:fs';
import { requireChromium } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { complaintsOf } from './accessibility.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';

const program = requireChromium();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);

/** Every other number, so that there are names between them. */
const namesOf = (count: number) =>
  Array.from({ length: count }, (_, n) => `Title ${String(2 * n).padStart(4, '0')}`);

/** Titles of a catalog in the order of their names. */
function createTitles(count: number) {
  const titleOf = (name: string) => ({
    id: name.replaceAll(' ', '-'),
    name,
    year: 2026,
    kind: 'MOVIE',
    artwork: [],
    genres: [],
    studios: [],
    people: [],
    ratings: [],
    extras: [],
    files: [],
  });
  const names = namesOf(count);
  /** Comes when the next page has been read, before the titles are counted. */
  let coming: string | null = null;
  return {
    addBehindNextPage(name: string) {
      coming = name;
    },
    remove(name: string) {
      names.splice(names.indexOf(name), 1);
    },
    add(name: string) {
      names.push(name);
      names.sort();
    },
    root: {
      titles({ first, after, filter }: { first: number; after?: string; filter?: { search?: string } }) {
        const all = names.filter((name) => name.toLowerCase().includes(filter?.search?.toLowerCase() ?? ''));
        const behind = all.filter((name) => !after || name > after);
        const page = behind.slice(0, first);
        const isBetween = coming !== null && first > 1;
        if (isBetween) {
          names.push(coming as string);
          names.sort();
          coming = null;
        }
        return {
          totalCount: all.length + (isBetween ? 1 : 0),
          pageInfo: { hasNextPage: behind.length > first, endCursor: page.at(-1) ?? null },
          edges: page.map((name) => ({ cursor: name, node: titleOf(name) })),
        };
      },
      title: ({ id }: { id: string }) => titleOf(id.replaceAll('-', ' ')),
    },
  };
}

describe.skipIf(program.skip)('the list of titles', () => {
  let browser: Browser;
  let viewer: Viewer;
  let titles: ReturnType<typeof createTitles>;

  beforeAll(async () => {
    browser = await launchBrowser(program.path);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    titles = createTitles(120);
    viewer = await openViewer(
      browser,
      readFileSync(FILM),
      {
        name: 'Counting Seconds',
        durationSeconds: 40,
        container: 'mp4',
        videoCodec: 'avc',
        audioCodec: 'aac',
      },
      { people: titles.root },
    );
    await viewer.page.setViewportSize({ width: 1280, height: 720 });
    await viewer.page.goto(`${viewer.gateway.url}/`);
    await viewer.page.locator('.grid [data-title-id]').first().waitFor();
  });
  afterEach(() => viewer.close());

  const cards = () => viewer.page.locator('.grid [data-title-id]');
  const names = () => cards().locator('h3').allTextContents();
  const toEnd = () => viewer.page.evaluate('scrollTo(0, document.body.scrollHeight)');
  const loadAll = async (count: number) => {
    await expect
      .poll(async () => {
        await toEnd();
        return cards().count();
      })
      .toBe(count);
  };

  it('is loaded as one comes near its end, each title once and in order', async () => {
    expect(await cards().count()).toBeLessThan(120);
    await loadAll(120);
    const all = await names();
    expect(all).toEqual([...new Set(all)].sort());
    expect(await viewer.page.getByRole('button', { name: 'Show more' }).isVisible()).toBe(false);
    expect(await complaintsOf(viewer.page)).toEqual([]);
  });

  it('takes in what comes and gives up what goes, at its place, wherever that is', {
    timeout: 60_000,
  }, async () => {
    await loadAll(120);
    for (const name of ['Title 0001', 'Title 0111', 'Title 0239', 'Title 0301']) titles.add(name);
    titles.remove('Title 0000');
    titles.remove('Title 0150');
    await expect.poll(() => cards().count(), { timeout: 20_000 }).toBe(122);
    const all = await names();
    expect(all).toEqual([...all].sort());
    expect(all).toEqual(expect.arrayContaining(['Title 0001', 'Title 0111', 'Title 0239', 'Title 0301']));
    expect(await viewer.page.getByText('122 titles').count()).toBe(1);
  });

  it.each([4, 120])(
    'misses none of %d that comes while they are read',
    { timeout: 60_000 },
    async (count) => {
      for (const name of namesOf(120).slice(count)) titles.remove(name);
      titles.addBehindNextPage('Title 0001');
      await viewer.page.reload();
      await cards().first().waitFor();
      const coming = viewer.page.getByRole('heading', { name: 'Title 0001' });
      await coming.waitFor({ timeout: 20_000 });
      // Nor who comes back to the list.
      titles.addBehindNextPage('Title 0003');
      await cards().first().click();
      await viewer.page.getByRole('heading', { name: 'Title 0000', level: 1 }).waitFor();
      await viewer.page.goBack();
      await viewer.page.getByRole('heading', { name: 'Title 0003' }).waitFor({ timeout: 20_000 });
    },
  );

  it('asks for a page that fails no more often than it looks for new titles', {
    timeout: 60_000,
  }, async () => {
    const { page } = viewer;
    const asked = { looks: 0, pages: 0 };
    await page.route('**/graphql', async (route) => {
      const { query, variables } = route.request().postDataJSON();
      if (!query.includes('query Browse')) return route.continue();
      asked[variables.first === 1 ? 'looks' : 'pages'] += 1;
      await (variables.after ? route.abort() : route.continue());
    });
    await toEnd();
    await expect.poll(() => asked.pages).toBeGreaterThan(0);
    await expect.poll(() => asked.looks, { timeout: 30_000 }).toBe(2);
    expect(asked.pages).toBeLessThanOrEqual(2 + asked.looks);
    await page.unroute('**/graphql');
    await loadAll(120);
  });

  it('is as it was for who comes back from a title: what was loaded, the place, and the focus', async () => {
    await loadAll(120);
    const { page } = viewer;
    const target = page.locator('[data-title-id="Title-0200"]');
    await target.scrollIntoViewIfNeeded();
    await target.focus();
    const before = await page.evaluate('scrollY');
    expect(before).toBeGreaterThan(1_000);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Title 0200', level: 1 }).waitFor();
    expect(await page.evaluate('scrollY')).toBe(0);
    await page.goBack();
    await target.waitFor();
    expect(await cards().count()).toBe(120);
    expect(await page.evaluate('scrollY')).toBe(before);
    expect(await page.evaluate('document.activeElement.dataset.titleId')).toBe('Title-0200');
    // A link to it begins at its top.
    await page.getByRole('link', { name: 'Giggityflix, all titles' }).click();
    await expect.poll(() => page.evaluate('scrollY')).toBe(0);
  });

  it('is as it was behind a search that was typed slowly, which is one step', {
    timeout: 60_000,
  }, async () => {
    await loadAll(120);
    const { page } = viewer;
    const entries = (await page.evaluate('history.length')) as number;
    const box = page.getByLabel('Search titles');
    await box.focus();
    for (const letter of 'title 02') {
      await page.keyboard.press(letter === ' ' ? 'Space' : letter);
      const typed = (await box.inputValue()).trim();
      await page.getByRole('heading', { name: `Results for “${typed}”`, exact: true }).waitFor();
    }
    expect(await page.evaluate('history.length')).toBe(entries + 1);
    await expect.poll(names).toEqual(expect.arrayContaining(['Title 0200']));
    await page.locator('[data-title-id="Title-0200"]').click();
    await page.getByRole('heading', { name: 'Title 0200', level: 1 }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Results for “title 02”' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Titles', exact: true }).waitFor();
    expect(await cards().count()).toBe(120);
    expect(await page.evaluate('scrollY')).toBeGreaterThan(1_000);
  });

  it('is where "Skip to content" leads, and nowhere else', async () => {
    const { page } = viewer;
    await page.goto(`${viewer.gateway.url}/#/search/title%20000`);
    await page.getByRole('heading', { name: 'Results for “title 000”' }).waitFor();
    await page.getByRole('link', { name: 'Skip to content' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    expect(new URL(page.url()).hash).toBe('#/search/title%20000');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.dataset.titleId')).toBe('Title-0000');
  });
});
