import { lanAddresses } from '@giggityflix/kernel/lan-addresses';
import { requireChromium, samplesShared, startStack, type TestStack } from '@giggityflix/testing';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_ARGS } from './chromium.ts';
import { AUDIENCE, startProvider } from './openid-provider.ts';

const program = requireChromium();
const [address] = lanAddresses();

/** The browser of these tests runs on the machine itself, where pages of a network may send no requests. */
const OWN_MACHINE = '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests';

/** What is looked at of a video element. */
interface Video {
  currentTime: number;
  src: string;
}

describe.skipIf(program.skip || !address)('npm start -- --lan, from its network over plain HTTP', () => {
  let provider: Awaited<ReturnType<typeof startProvider>>;
  let stack: TestStack;
  let browser: Browser;
  beforeAll(async () => {
    provider = await startProvider(600);
    const { issuer } = provider;
    stack = await startStack({
      arguments: ['--lan'],
      env: {
        STACK_LAN_ADDRESSES: address!,
        AUTH_ISSUER: issuer,
        AUTH_AUDIENCE: AUDIENCE,
        AUTH_JWKS_URL: `${issuer}/jwks`,
        SIGN_IN_CLIENT_ID: 'viewer',
        SIGN_IN_RESOURCE: AUDIENCE,
      },
    });
    browser = await chromium.launch({
      executablePath: program.path,
      args: [...CHROMIUM_ARGS, OWN_MACHINE],
    });
    await samplesShared(stack);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.dispose();
    await provider?.stop();
  });

  it('is where a person signs in, plays a film and seeks', { timeout: 90_000 }, async () => {
    const origin = `http://${address}:${stack.ports.GATEWAY_PORT}`;
    provider.serve({
      client_id: 'viewer',
      id_token_signed_response_alg: 'ES256',
      token_endpoint_auth_method: 'none',
      application_type: 'web',
      redirect_uris: [`${origin}/`],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    });
    const page = await browser.newPage();
    await page.goto(origin);
    await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByPlaceholder('Enter any login').fill('anna');
    await page.getByPlaceholder('and password').fill('secret');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.locator('[data-title-id]', { hasText: 'Counting Seconds' }).click();
    await page.click('[data-action=play]');
    const video = () =>
      page.locator('video').evaluate((element) => {
        const { currentTime, src } = element as unknown as Video;
        return { currentTime, src };
      });
    await expect.poll(async () => (await video()).currentTime, { timeout: 30_000 }).toBeGreaterThan(0.5);
    expect(await page.evaluate('isSecureContext')).toBe(false);
    expect((await video()).src).toMatch(/^blob:/);
    await page.locator('video').evaluate((element) => {
      (element as unknown as Video).currentTime = 30;
    });
    await expect.poll(async () => (await video()).currentTime, { timeout: 30_000 }).toBeGreaterThan(30.3);
  });
});

describe.skipIf(program.skip || !address)('npm start -- --lan, with nothing set beforehand', () => {
  let stack: TestStack;
  let browser: Browser;
  beforeAll(async () => {
    stack = await startStack({ arguments: ['--lan'], env: { STACK_LAN_ADDRESSES: address! } });
    browser = await chromium.launch({
      executablePath: program.path,
      args: [...CHROMIUM_ARGS, OWN_MACHINE],
    });
    await samplesShared(stack);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.dispose();
  });

  it('is set up by its owner, who signs in and plays a film', { timeout: 120_000 }, async () => {
    const link = () => /http:\/\/\S+\/invitation\/[\w-]+/.exec(stack.output())?.[0] ?? '';
    await expect.poll(link).toContain(`http://${address}:${stack.ports.IDENTITY_PORT}/invitation/`);
    const page = await browser.newPage();
    await page.goto(link());
    await page.getByLabel('Your name').fill('Anna');
    await page.getByLabel('Name or e-mail to sign in with').fill('anna');
    await page.getByLabel('Password').fill('correct horse battery staple');
    await page.getByRole('button', { name: 'Sign up with this password' }).click();
    await page.getByRole('link', { name: 'Go to Giggityflix' }).click();
    await page.waitForURL(`http://${address}:${stack.ports.GATEWAY_PORT}/**`);

    await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByLabel('Name or e-mail').fill('anna');
    await page.getByLabel('Password').fill('correct horse battery staple');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.locator('[data-title-id]', { hasText: 'Counting Seconds' }).click();
    await page.click('[data-action=play]');
    const time = () => page.locator('video').evaluate((element) => (element as unknown as Video).currentTime);
    await expect.poll(time, { timeout: 30_000 }).toBeGreaterThan(0.5);

    // By another of its names one signs in at the same place, and comes back to that name.
    const other = await browser.newPage();
    const local = `http://localhost:${stack.ports.GATEWAY_PORT}`;
    await other.goto(local);
    await other.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
    await other.getByLabel('Name or e-mail').fill('anna');
    await other.getByLabel('Password').fill('correct horse battery staple');
    await other.getByRole('button', { name: 'Sign in', exact: true }).click();
    await other.locator('[data-title-id]').first().waitFor();
    expect(new URL(other.url()).origin).toBe(local);
  });
});
