import { readFileSync } from 'node:fs';
import { requireChromium } from '@giggityflix/testing';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { complaintsOf } from './accessibility.ts';
import { createFakeIdentity } from './fake-identity.ts';
import { createFakeSignIn, type FakeSignIn } from './fake-sign-in.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';

const program = requireChromium();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);
const SIZES = { phone: [375, 760], desk: [1280, 800], sofa: [1920, 1080] } as const;

interface Boxed {
  getBoundingClientRect(): { left: number; top: number; width: number; height: number };
  matches(selector: string): boolean;
}

describe.skipIf(program.skip)('profiles in the page', () => {
  let browser: Browser;
  let viewer: Viewer;
  let people: ReturnType<typeof createFakeIdentity>;
  let signIn: FakeSignIn;

  beforeAll(async () => {
    browser = await launchBrowser(program.path);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    people = createFakeIdentity();
    signIn = createFakeSignIn({ people: true, claims: people.claims });
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
      { signIn, people: people.root },
    );
    viewer.gateway.setPeers([viewer.addPeer()]);
  });
  afterEach(() => viewer.close());

  const family = () => ({
    anna: people.add({ name: 'Anna', picture: 'fox', pin: '4711' }),
    ben: people.add({ name: 'Ben', picture: 'owl', subtitleLanguages: ['de'] }),
    kim: people.add({ name: 'Kim', picture: 'frog', isKid: true, ratingLimit: 6 }),
  });
  const open = async (route = '#/') => {
    await viewer.page.goto(`${viewer.gateway.url}/icon.svg`);
    await viewer.page.evaluate(signIn.keepTokens());
    await viewer.page.goto(`${viewer.gateway.url}/${route}`);
  };
  const profile = (name: string) => viewer.page.locator('.profile', { hasText: name });
  const titles = () => viewer.page.locator('[data-title-id]').waitFor();
  const fitsWidth = () => viewer.page.evaluate('document.documentElement.scrollWidth <= innerWidth');
  const looks = async () => {
    for (const [name, [width, height]] of Object.entries(SIZES)) {
      await viewer.page.setViewportSize({ width, height });
      expect([name, await fitsWidth()]).toEqual([name, true]);
    }
    expect(await complaintsOf(viewer.page)).toEqual([]);
  };

  it('are no question where there is one', async () => {
    people.choose(people.add({ name: 'Anna' }));
    await open();
    await titles();
    await viewer.page.getByRole('link', { name: 'Anna' }).waitFor();
  });

  it('are asked for where there are several, and none was chosen; a link leads on all the same', async () => {
    const { ben } = family();
    await open(`#/watch/${viewer.film.catalogId}`);
    await viewer.page.getByRole('heading', { name: 'Who is watching?' }).waitFor();
    await looks();
    await profile('Ben').click();
    await viewer.playedPast(0.3);
    const { calls } = viewer.gateway;
    expect(calls.find(({ operation }) => operation === 'CreateSession')?.variables).toMatchObject({
      input: { profileId: ben.id },
    });
  });

  it('are chosen by a remote control, with a PIN that is wrong at first', async () => {
    family();
    await viewer.page.setViewportSize({ width: 1920, height: 1080 });
    await open();
    await profile('Anna').waitFor();
    const { keyboard } = viewer.page;
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await viewer.page.getByRole('heading', { name: 'PIN of Anna' }).waitFor();
    await keyboard.type('0000');
    await keyboard.press('Enter');
    await viewer.page.getByText('That PIN is wrong.').waitFor();
    expect(await complaintsOf(viewer.page)).toEqual([]);
    // From the field down to the digits, of which the arrows lead to each.
    for (const digit of ['4', '7', '1', '1']) {
      await viewer.page.getByRole('button', { name: digit, exact: true }).focus();
      await keyboard.press('Enter');
    }
    await viewer.page.getByRole('button', { name: 'OK' }).click();
    await titles();
    expect(people.claims()).toEqual({ profile_id: people.profiles[0]!.id });
  });

  it('are chosen and made by the arrows and the OK of a remote control alone', {
    timeout: 120_000,
  }, async () => {
    const { ben } = family();
    const { page } = viewer;
    const { keyboard } = page;
    await page.setViewportSize({ width: 1920, height: 1080 });
    const placeOf = (locator: Locator) =>
      locator.evaluate((element) => {
        const { left, top, width, height } = (element as unknown as Boxed).getBoundingClientRect();
        return { x: left + width / 2, y: top + height / 2 };
      });
    /** Goes there as someone on a sofa does: up or down first, then along. */
    const walk = async (target: Locator, { thenEnter = true } = {}) => {
      await target.waitFor({ state: 'attached' });
      for (
        let steps = 0;
        !(await target.evaluate((element) => (element as unknown as Boxed).matches(':focus')));
        steps += 1
      ) {
        if (steps === 60) throw new Error(`no arrows lead to ${target}`);
        const [from, to] = [await placeOf(page.locator(':focus, body').last()), await placeOf(target)];
        const [x, y] = [to.x - from.x, to.y - from.y];
        // Across a row of choices only to get to one of them, as each on the way is chosen.
        const isVertical = Math.abs(y) > 4 && steps % 5 !== 4;
        await keyboard.press(
          isVertical ? (y > 0 ? 'ArrowDown' : 'ArrowUp') : x > 0 ? 'ArrowRight' : 'ArrowLeft',
        );
      }
      if (thenEnter) await keyboard.press('Enter');
    };
    await open();
    await profile('Anna').waitFor();
    await walk(profile('Anna'));
    for (const digit of ['4', '7', '1', '1', '9'])
      await walk(page.getByRole('button', { name: digit, exact: true }));
    await walk(page.getByRole('button', { name: 'Delete the last digit' }));
    await walk(page.getByRole('button', { name: 'OK' }));
    await titles();
    await walk(page.locator('.who'));
    await walk(page.getByRole('link', { name: 'Manage profiles' }));
    await walk(page.getByRole('link', { name: 'New profile' }));
    await walk(page.getByRole('radio', { name: 'Frog' }));
    await walk(page.getByRole('radio', { name: 'Up to 9' }));
    await walk(page.getByRole('checkbox', { name: /kids/ }));
    await walk(page.getByRole('checkbox', { name: 'Only at certain hours' }));
    await walk(page.getByLabel('Until'));
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await walk(page.getByLabel('Sound'), { thenEnter: false });
    await keyboard.press('ArrowRight');
    await walk(page.getByRole('button', { name: 'Make the profile' }));
    await expect
      .poll(() => people.profiles[3])
      .toMatchObject({
        name: 'Frog',
        picture: 'frog',
        ratingLimit: 9,
        isKid: true,
        hours: { from: '07:00', until: '18:30' },
        audioLanguages: ['ar'],
      });
    await page.getByRole('heading', { name: 'Manage profiles' }).waitFor();
    await walk(page.getByRole('link', { name: 'Done' }));
    await page.getByRole('heading', { name: 'Who is watching?' }).waitFor();
    await walk(profile('Ben'));
    await expect.poll(() => people.claims()).toEqual({ profile_id: ben.id });
  });

  it('say how long a PIN is locked', async () => {
    family();
    await open();
    await profile('Anna').click();
    for (const pin of ['0000', '0001', '0002']) {
      await viewer.page.getByLabel('PIN', { exact: true }).fill(pin);
      await viewer.page.keyboard.press('Enter');
      await expect.poll(() => viewer.page.getByLabel('PIN', { exact: true }).inputValue()).toBe('');
    }
    await viewer.page.getByText(/Too many wrong PINs. Try again in \d+ s./).waitFor();
    expect(await viewer.page.getByRole('button', { name: 'OK' }).isDisabled()).toBe(true);
    await viewer.page.keyboard.press('Escape');
    await profile('Ben').click();
    await titles();
  });

  it('are made, changed and deleted', { timeout: 90_000 }, async () => {
    people.choose(people.add({ name: 'Anna', picture: 'fox' }));
    await open('#/profiles');
    await viewer.page.getByRole('link', { name: 'Manage profiles' }).click();
    await looks();
    await viewer.page.getByRole('link', { name: 'New profile' }).click();
    await viewer.page.getByLabel('What the profile is called').fill('Kim');
    await looks();
    await viewer.page.getByRole('radio', { name: 'Frog' }).check({ force: true });
    await viewer.page.getByRole('radio', { name: 'Up to 6' }).check({ force: true });
    await viewer.page.getByRole('checkbox', { name: /kids/ }).check();
    await viewer.page.getByRole('checkbox', { name: 'Only at certain hours' }).check();
    await viewer.page.getByLabel('Until').fill('18:30');
    await viewer.page.getByLabel('Sound').selectOption('de');
    await viewer.page.getByRole('button', { name: 'Make the profile' }).click();
    await profile('Kim').click();
    expect(people.profiles[1]).toMatchObject({
      name: 'Kim',
      picture: 'frog',
      isKid: true,
      ratingLimit: 6,
      hours: { from: '07:00', until: '18:30' },
      audioLanguages: ['de'],
      subtitleLanguages: [],
    });
    await viewer.page.getByLabel('Asked for when').fill('1234');
    await viewer.page.getByRole('button', { name: 'Save' }).click();
    await profile('Kim').click();
    expect(people.profiles[1]).toMatchObject({ pin: '1234', hours: { until: '18:30' } });
    viewer.page.once('dialog', (dialog) => dialog.accept());
    await viewer.page.getByRole('button', { name: 'Delete this profile' }).click();
    await viewer.page.getByLabel('PIN', { exact: true }).fill('1234');
    await viewer.page.keyboard.press('Enter');
    await viewer.page.getByRole('heading', { name: 'Manage profiles' }).waitFor();
    await expect.poll(() => people.profiles.length).toBe(1);
  });

  it('of children show nothing to manage', async () => {
    const { kim } = family();
    people.choose(kim);
    await open('#/account');
    await viewer.page.getByRole('heading', { name: 'This is for grown-ups' }).waitFor();
    await open('#/profiles');
    await profile('Kim').waitFor();
    expect(await viewer.page.getByRole('link', { name: /Manage|Account|API/ }).count()).toBe(0);
    await looks();
  });

  it('lead to the devices of the account, which can be signed out', async () => {
    people.choose(people.add({ name: 'Anna' }));
    await open('#/account');
    await viewer.page.getByText('Chromium on Linux (this device)').waitFor();
    await looks();
    const link = viewer.page.getByRole('link', { name: 'Passkeys, password and codes' });
    expect(await link.getAttribute('href')).toBe(`${viewer.gateway.url}/account`);
    viewer.page.once('dialog', (dialog) => dialog.accept());
    await viewer.page.getByRole('button', { name: 'Sign out TV in the living room' }).click();
    await expect.poll(() => viewer.page.getByText('TV in the living room').count()).toBe(0);
  });
});
