import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requireChromium } from '@giggityflix/testing';
import { type Browser as Chromium, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizeUrl } from '../../subgraphs/identity/testing/authorize.ts';
import { PASSWORD, startIdentity, type TestIdentity } from '../../subgraphs/identity/testing/harness.ts';
import { addAuthenticator } from './authenticator.ts';
import { CHROMIUM_ARGS } from './chromium.ts';

const program = requireChromium();
const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

/** The page that people come from, and go back to. */
const application = createServer((_request, response) => response.end('back'));
let redirectUri: string;
let identity: TestIdentity;
let browser: Chromium;
beforeAll(async () => {
  if (program.skip) return;
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
  redirectUri = `http://localhost:${(application.address() as AddressInfo).port}/signed-in`;
  identity = await startIdentity({ PAGE_REDIRECT_URIS: redirectUri });
  browser = await chromium.launch({ executablePath: program.path, args: CHROMIUM_ARGS });
});
afterAll(async () => {
  await browser?.close();
  await identity?.dispose();
  application.close();
});

/** A browser of its own with an authenticator; `complaints` are what its console says, violations of the policy included. */
async function newVisitor(options: Parameters<Chromium['newContext']>[0] = PHONE) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  return { context, page, complaints, ...(await addAuthenticator(page)) };
}

const authorize = () => authorizeUrl(identity.issuer, { redirect_uri: redirectUri });

async function cameBack(page: Page): Promise<URLSearchParams> {
  await page.waitForURL(`${redirectUri}*`);
  return new URL(page.url()).searchParams;
}

const fitsWidth = (page: Page) => page.evaluate('document.documentElement.scrollWidth <= innerWidth');

async function signUp(page: Page, link: string, who: { name: string; login: string }) {
  await page.goto(link);
  await page.getByLabel('Your name').fill(who.name);
  await page.getByLabel('Name or e-mail to sign in with').fill(who.login);
}

describe.skipIf(program.skip)('the pages of identity', () => {
  it('set the owner up with a passkey on a phone, which signs in from then on', async () => {
    const { context, page, complaints } = await newVisitor();
    const link = /http:\/\/\S+\/invitation\/[\w-]+/.exec(identity.log())?.[0] ?? '';
    await signUp(page, link, { name: 'Anna', login: 'anna@example.org' });
    expect(await fitsWidth(page)).toBe(true);
    await page.getByRole('button', { name: 'Sign up with a passkey' }).click();
    await page.getByRole('heading', { name: 'Welcome, Anna' }).waitFor();

    await page.goto(authorize());
    expect(await fitsWidth(page)).toBe(true);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    const answer = await cameBack(page);
    expect([answer.has('code'), answer.get('state'), answer.get('iss')]).toEqual([
      true,
      's',
      identity.issuer,
    ]);
    expect(complaints).toEqual([]);
    const [account] = await identity.stores.accounts.list({ first: 1, after: null });
    expect(account).toMatchObject({ role: 'owner', name: 'Anna' });
    expect((await identity.stores.credentials.passkeysOf(account!.id))[0]?.lastUsedAt).toBeInstanceOf(Date);
    await context.close();
  });

  it('say what is wrong before a passkey is made, and take it once that is right', async () => {
    const { context, page } = await newVisitor();
    const { link } = await identity.invite();
    await signUp(page, link, { name: 'Ben', login: 'ANNA@example.org' });
    const button = page.getByRole('button', { name: 'Sign up with a passkey' });
    await button.click();
    await page.getByRole('alert').getByText('signs in with this name already').waitFor();
    await page.getByLabel('Name or e-mail to sign in with').fill('ben');
    await button.click();
    await page.getByRole('heading', { name: 'Welcome, Ben' }).waitFor();
    await context.close();
  });

  it('refuse a passkey of nobody, and one that was removed', async () => {
    const { context, page } = await newVisitor();
    const { link } = await identity.invite();
    await signUp(page, link, { name: 'Cleo', login: 'cleo' });
    await page.getByRole('button', { name: 'Sign up with a passkey' }).click();
    await page.getByRole('heading', { name: 'Welcome, Cleo' }).waitFor();
    const account = await identity.stores.accounts.findByLogin('cleo');
    const [passkey] = await identity.stores.credentials.passkeysOf(account!.id);
    await identity.stores.credentials.setPassword(account!.id, 'none', new Date());
    await identity.stores.credentials.removePasskey(account!.id, passkey!.id);
    await page.goto(authorize());
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('alert').getByText('No account here has this passkey').waitFor();
    await context.close();
  });

  it.each([true, false])(
    'sign in with a password by keyboard alone (scripts: %s)',
    async (javaScriptEnabled) => {
      await identity.person(`dora ${javaScriptEnabled}`);
      const context = await browser.newContext({ ...PHONE, javaScriptEnabled });
      const page = await context.newPage();
      await page.goto(authorize());
      await page.getByLabel('Name or e-mail').fill(`dora ${javaScriptEnabled}`);
      await page.getByLabel('Password').fill('something else');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('is wrong').waitFor();
      await page.getByLabel('Password').fill(PASSWORD);
      await page.keyboard.press('Enter');
      expect((await cameBack(page)).has('code')).toBe(true);
      await context.close();
    },
  );

  it('approve a TV by the link of its QR code', async () => {
    const started = (await (
      await fetch(`${identity.issuer}/device/authorize`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: 'giggityflix-page', scope: 'openid' }),
      })
    ).json()) as { verification_uri_complete: string; user_code: string };
    await identity.person('emil');
    const { context, page, complaints } = await newVisitor();
    await page.goto(started.verification_uri_complete);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText(started.user_code).waitFor();
    expect(await fitsWidth(page)).toBe(true);
    await page.getByRole('button', { name: 'Yes, sign it in' }).click();
    await page.getByLabel('Name or e-mail').fill('emil');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Your device is signed in' }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(['light', 'dark'] as const)('can be read in %s colours', async (colorScheme) => {
    const context = await browser.newContext({ ...PHONE, colorScheme });
    const page = await context.newPage();
    await page.goto(authorize());
    const ratios = (await page.evaluate(CONTRASTS)) as [string, number][];
    expect(ratios.length).toBeGreaterThan(5);
    // WCAG 2.2, 1.4.3.
    for (const [text, ratio] of ratios) expect([text, ratio >= 4.5]).toEqual([text, true]);
    await context.close();
  });
});

/** Runs in the page: each text with its contrast to what is behind it. */
const CONTRASTS = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) =>
    [r, g, b]
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = channels(getComputedStyle(each).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('p, h1, label, button, input:not([type=hidden])')].map((element) => {
    const [one, other] = [channels(getComputedStyle(element).color), behind(element)].map(luminance);
    return [element.outerHTML.slice(0, 60), (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)];
  });
})()`;
