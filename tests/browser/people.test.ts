import { freePorts, requireChromium, samplesShared, startStack, type TestStack } from '@giggityflix/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startIdentity, type TestIdentity } from '../../subgraphs/identity/testing/harness.ts';
import { addAuthenticator } from './authenticator.ts';
import { launchBrowser } from './harness.ts';

const program = requireChromium();

let identity: TestIdentity;
let stack: TestStack;
let browser: Browser;
beforeAll(async () => {
  if (program.skip) return;
  browser = await launchBrowser(program.path);
  const [port] = (await freePorts(1)) as [number];
  const issuer = `http://localhost:${port}`;
  stack = await startStack({
    env: {
      AUTH_MODE: 'jwt',
      AUTH_ISSUER: issuer,
      AUTH_JWKS_URL: `${issuer}/.well-known/jwks.json`,
      SIGN_IN_CLIENT_ID: 'giggityflix-page',
      IDENTITY_SERVICE_URL: issuer,
    },
  });
  identity = await startIdentity({
    PORT: String(port),
    AUTH_ISSUER: issuer,
    PAGE_REDIRECT_URIS: `${stack.origin}/`,
    SERVICE_TOKENS: undefined,
  });
  await samplesShared(stack);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await stack?.dispose();
  await identity?.dispose();
});

async function newPage(): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await addAuthenticator(page);
  return page;
}

async function signUp(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Name or e-mail to sign in with').fill(`${name}@example.org`);
  await page.getByRole('button', { name: 'Sign up with a passkey' }).click();
  await page.getByRole('heading', { name: `Welcome, ${name}` }).waitFor();
  await page.getByRole('link', { name: 'Go to Giggityflix' }).click();
}

async function signIn(page: Page): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.locator('a.card').first().waitFor();
}

describe.skipIf(program.skip)('the page with our own identity service', () => {
  it('takes someone from an invitation to a film, and a TV by that phone', async () => {
    const phone = await newPage();
    await signUp(phone, (await identity.invite()).link, 'Anna');
    await signIn(phone);
    await phone.locator('a.card').first().click();
    await phone.locator('[data-action=play]').first().click();
    const played = () =>
      phone.locator('video').evaluate((video) => (video as unknown as { currentTime: number }).currentTime);
    await expect.poll(played, { timeout: 15_000 }).toBeGreaterThan(0.2);

    const tv = await newPage();
    await tv.goto(stack.origin);
    await tv.getByRole('button', { name: 'Sign in with your phone' }).click();
    const code = (await tv.locator('.user-code').textContent()) ?? '';
    const approval = await phone.context().newPage();
    await approval.goto(`${identity.issuer}/device?user_code=${code}`);
    await approval.getByRole('button', { name: 'Continue' }).click();
    await approval.getByRole('button', { name: 'Yes, sign it in' }).click();
    await tv.locator('a.card').first().waitFor();

    const account = await identity.stores.accounts.findByLogin('anna@example.org');
    expect(await identity.stores.devices.listOf(account!.id)).toHaveLength(2);
  }, 90_000);

  it('signs out here and at identity', async () => {
    const page = await newPage();
    await signUp(page, (await identity.invite()).link, 'Ben');
    await signIn(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign out here' }).click();
    await page.getByRole('heading', { name: 'Sign in to watch' }).waitFor();
    expect(new URL(page.url()).origin).toBe(stack.origin);
    const account = await identity.stores.accounts.findByLogin('ben@example.org');
    expect(await identity.stores.devices.listOf(account!.id)).toEqual([]);
  }, 90_000);
});
