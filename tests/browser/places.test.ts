import { readFileSync } from 'node:fs';
import { requireChromium } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFakeIdentity } from './fake-identity.ts';
import { createFakeSignIn } from './fake-sign-in.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';

const program = requireChromium();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);

describe.skipIf(program.skip)('someone who goes elsewhere while the page still works', () => {
  let browser: Browser;
  let viewer: Viewer;
  let people: ReturnType<typeof createFakeIdentity>;

  beforeAll(async () => {
    browser = await launchBrowser(program.path);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    people = createFakeIdentity();
    people.choose(people.add({ name: 'Anna' }));
    people.add({ name: 'Ben' });
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
      { signIn: createFakeSignIn({ people: true, claims: people.claims }), people: people.root },
    );
    viewer.gateway.setPeers([viewer.addPeer()]);
  });
  afterEach(() => viewer.close());

  const open = async (route: string) => viewer.page.goto(`${viewer.gateway.url}/${route}`);
  const go = (route: string) =>
    viewer.page.evaluate((hash) => {
      (globalThis as unknown as { location: { hash: string } }).location.hash = hash;
    }, route);
  const place = () => new URL(viewer.page.url()).hash;
  /** Keeps the answer to an operation back until it is called. */
  const holdBack = async (operation: string): Promise<() => void> => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await viewer.page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes(`mutation ${operation}(`)) await released;
      await route.continue();
    });
    return release;
  };
  const profile = (name: string) => viewer.page.locator('.profile', { hasText: name });

  it('is not led back to the profiles by one that was made meanwhile, and sees it where they are shown', async () => {
    await open('#/profiles/new');
    await viewer.page.getByLabel('What the profile is called').fill('Carl');
    const release = await holdBack('CreateProfile');
    await viewer.page.getByRole('button', { name: 'Make the profile' }).click();
    await go('#/profiles');
    await profile('Ben').waitFor();
    release();
    await profile('Carl').waitFor();
    expect(place()).toBe('#/profiles');
  });

  it('keeps the film that was opened meanwhile', async () => {
    await open('#/profiles/new');
    await viewer.page.getByLabel('What the profile is called').fill('Carl');
    const release = await holdBack('CreateProfile');
    await viewer.page.getByRole('button', { name: 'Make the profile' }).click();
    await go(`#/watch/${viewer.film.catalogId}`);
    await viewer.playedPast(0.3);
    const { time } = await viewer.video();
    release();
    await expect.poll(() => people.profiles.length).toBe(3);
    await viewer.playedPast(time + 0.5);
    expect(place()).toBe(`#/watch/${viewer.film.catalogId}`);
  });

  it('is where they went when the profile they chose is theirs', async () => {
    await open('#/profiles');
    const release = await holdBack('ChooseProfile');
    await profile('Ben').click();
    await go('#/profiles/manage');
    await viewer.page.getByRole('heading', { name: 'Manage profiles' }).waitFor();
    release();
    await viewer.page.locator('.who', { hasText: 'Ben' }).waitFor();
    expect(place()).toBe('#/profiles/manage');
  });

  it('is not led to the results of what was typed before, and finds the search empty', async () => {
    const { page } = viewer;
    await open('#/');
    const title = page.locator('.grid [data-title-id]');
    await title.waitFor();
    // At once after the last letter, before the search could begin.
    await page.evaluate(() => {
      const { document, Event } = globalThis as unknown as PageGlobals;
      const box = document.querySelector('#search')!;
      box.value = 'counting';
      box.dispatchEvent(new Event('input', { bubbles: true }));
      document.querySelector('.grid [data-title-id]')!.click();
    });
    await page.locator('[data-action=play]').waitFor();
    expect(await page.getByLabel('Search titles').inputValue()).toBe('');
    await page.getByLabel('Search titles').fill('counting');
    await page.getByRole('heading', { name: 'Results for “counting”' }).waitFor();
    expect(place()).toBe('#/search/counting');
    await title.click();
    await page.locator('[data-action=play]').waitFor();
    await expect.poll(() => page.getByLabel('Search titles').inputValue()).toBe('');
    await page.goBack();
    await page.getByRole('heading', { name: 'Results for “counting”' }).waitFor();
    expect(await page.getByLabel('Search titles').inputValue()).toBe('counting');
  });
});

interface PageGlobals {
  document: {
    querySelector(
      selector: string,
    ): { value: string; click(): void; dispatchEvent(event: object): void } | null;
  };
  Event: new (type: string, init: object) => object;
}
