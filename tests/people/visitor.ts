import type { Browser, BrowserContextOptions } from 'playwright-core';
import { expect } from 'vitest';
import { addAuthenticator } from '../browser/authenticator.ts';

export const PHONE = { viewport: { width: 375, height: 760 }, hasTouch: true, isMobile: true };
export const SOFA = { viewport: { width: 1920, height: 1080 } };
export const PASSWORD = 'a long enough secret';

/** What is looked at of a video element. */
interface Video {
  currentTime: number;
  paused: boolean;
}

/** Someone with a browser of their own: their device, with an authenticator where they have a secure context. */
export async function newVisitor(browser: Browser, options: BrowserContextOptions = PHONE) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  await addAuthenticator(page);
  const video = () =>
    page.locator('video').evaluate((element) => {
      const { currentTime, paused } = element as unknown as Video;
      return { currentTime, paused };
    });
  const titles = () => page.locator('a.card[data-title-id]');
  return {
    page,
    context,
    titles,
    video,

    /** Becomes an account by a link. */
    async signUp(link: string, name: string, way: 'passkey' | 'password'): Promise<void> {
      await page.goto(link);
      await page.getByLabel('Your name').fill(name);
      await page.getByLabel('Name or e-mail to sign in with').fill(`${name}@example.org`);
      if (way === 'passkey') await page.getByRole('button', { name: 'Sign up with a passkey' }).click();
      else {
        await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
        await page.getByRole('button', { name: 'Sign up with this password' }).click();
      }
      await page.getByRole('heading', { name: `Welcome, ${name}` }).waitFor();
    },

    /** Signs in from the page, which asks for it. */
    async signIn(origin: string, name: string, way: 'passkey' | 'password'): Promise<void> {
      await page.goto(origin);
      await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
      if (way === 'passkey') await page.getByRole('button', { name: 'Use a passkey' }).click();
      else {
        await page.getByLabel('Name or e-mail').fill(`${name}@example.org`);
        await page.getByLabel('Password').fill(PASSWORD);
        await page.keyboard.press('Enter');
      }
      await page.getByRole('heading', { name: 'Titles' }).waitFor();
    },

    /** Signs in as a TV does; `approve` is given the code it shows. */
    async signInByCode(origin: string, approve: (code: string) => Promise<void>): Promise<void> {
      await page.goto(origin);
      await page.getByRole('button', { name: 'Sign in with your phone' }).click();
      await page.getByRole('img', { name: 'Address to open on your phone' }).waitFor();
      await approve((await page.locator('.user-code').textContent()) ?? '');
      await page.getByRole('heading', { name: 'Titles' }).waitFor();
    },

    /** Lets a device in that shows a code, as who is signed in here. */
    async approve(issuer: string, code: string): Promise<void> {
      const tab = await context.newPage();
      await tab.goto(`${issuer}/device?user_code=${code}`);
      await tab.getByRole('button', { name: 'Continue' }).click();
      await tab.getByRole('button', { name: 'Yes, sign it in' }).click();
      await tab.getByRole('heading', { name: 'Your device is signed in' }).waitFor();
      await tab.close();
    },

    /** Plays a film that the page shows, and seeks in it. */
    async watch(title: string): Promise<void> {
      await titles().filter({ hasText: title }).click();
      await page.locator('[data-action=play]').first().click();
      await this.playedPast(0.3);
      await page.locator('video').evaluate((element) => {
        (element as unknown as Video).currentTime = 30;
      });
      await this.playedPast(30.2);
    },

    /** Asks the API as the page does, with its token. */
    async ask(query: string) {
      const token = await page.evaluate(TOKEN);
      const answer = await page.evaluate(
        `fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer ' + ${JSON.stringify(token)} },
          body: ${JSON.stringify(JSON.stringify({ query }))} }).then((response) => response.json())`,
      );
      // biome-ignore lint/suspicious/noExplicitAny: whatever was asked
      return answer as { data: any; errors?: { message: string }[] };
    },

    async playedPast(seconds: number): Promise<void> {
      await expect
        .poll(async () => (await video()).currentTime, { timeout: 30_000 })
        .toBeGreaterThan(seconds);
    },
  };
}

/** Runs in the page: the access token that it keeps. */
const TOKEN = `new Promise((resolve) => {
  const opening = indexedDB.open('giggityflix');
  opening.onsuccess = () => {
    const reading = opening.result.transaction('sign-in').objectStore('sign-in').get('tokens');
    reading.onsuccess = () => {
      opening.result.close();
      resolve(reading.result.accessToken);
    };
  };
})`;

export type Visitor = Awaited<ReturnType<typeof newVisitor>>;
