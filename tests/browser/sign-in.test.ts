import { requireChromium, samplesShared, startStack, type TestStack } from '@giggityflix/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './harness.ts';
import { AUDIENCE, startProvider } from './openid-provider.ts';

const program = requireChromium();
/** So short that a page has to refresh it while it is open. */
const ACCESS_TOKEN_SECONDS = 33;

let provider: Awaited<ReturnType<typeof startProvider>>;
let stack: TestStack;
let browser: Browser;
let context: BrowserContext;
beforeAll(async () => {
  if (program.skip) return;
  browser = await launchBrowser(program.path);
  provider = await startProvider(ACCESS_TOKEN_SECONDS);
  const { issuer } = provider;
  stack = await startStack({
    env: {
      AUTH_MODE: 'jwt',
      AUTH_ISSUER: issuer,
      AUTH_AUDIENCE: AUDIENCE,
      AUTH_JWKS_URL: `${issuer}/jwks`,
      SIGN_IN_CLIENT_ID: 'viewer',
      SIGN_IN_RESOURCE: AUDIENCE,
    },
  });
  provider.serve({
    client_id: 'viewer',
    id_token_signed_response_alg: 'ES256',
    token_endpoint_auth_method: 'none',
    application_type: 'native',
    redirect_uris: [`${stack.origin}/`],
    post_logout_redirect_uris: [`${stack.origin}/`],
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    response_types: ['code'],
  });
  await samplesShared(stack);
}, 120_000);
afterEach(async () => context?.close());
afterAll(async () => {
  await browser?.close();
  await stack?.dispose();
  await provider?.stop();
});

async function open(): Promise<Page> {
  context = await browser.newContext();
  return context.newPage();
}

/** Fills in the pages of the provider. */
async function identify(page: Page, name: string): Promise<void> {
  await page.getByPlaceholder('Enter any login').fill(name);
  await page.getByPlaceholder('and password').fill('secret');
  await page.getByRole('button', { name: 'Sign-in' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** How often tokens were refreshed. */
const refreshes = () => provider.refreshed.length;

async function signIn(page: Page, name: string): Promise<void> {
  await page.goto(stack.origin);
  await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
  await identify(page, name);
  await page.locator('a.card').first().waitFor();
}

describe.skipIf(program.skip)('with a provider of the operator\u2019s own', () => {
  it('a visitor signs in, is led back, and watches', async () => {
    const page = await open();
    await signIn(page, 'anna');
    expect(new URL(page.url()).search).toBe('');
    await page.locator('a.card').first().click();
    await page.locator('[data-action=play]').first().click();
    const played = () =>
      page.locator('video').evaluate((video) => (video as unknown as { currentTime: number }).currentTime);
    await expect.poll(played, { timeout: 15_000 }).toBeGreaterThan(0.2);
  });

  it('a screen without a keyboard is signed in with another device', async () => {
    const page = await open();
    // Refused late, while someone signs in already.
    const late = Promise.withResolvers<void>();
    await page.route('**/graphql', async (route) => {
      if (route.request().postData()?.includes('query Watchlist')) await late.promise;
      await route.continue();
    });
    await page.goto(stack.origin);
    await page.getByRole('button', { name: 'Sign in with your phone' }).click();
    await page.getByRole('img', { name: 'Address to open on your phone' }).waitFor();
    const refusal = page.waitForResponse((response) => response.status() === 401);
    late.resolve();
    await refusal;
    const code = await page.locator('.user-code').textContent();
    const phone = await browser.newPage();
    await phone.goto(`${provider.issuer}/device`);
    await phone.locator('input[name=user_code]').fill(code ?? '');
    await phone.getByRole('button', { name: 'Continue' }).click();
    await phone.getByRole('button', { name: 'Continue' }).click();
    await identify(phone, 'bert');
    await page.locator('a.card').first().waitFor();
    await phone.close();
  });

  it('all pages of a browser stay signed in, and use each refresh token once', async () => {
    const first = await open();
    await signIn(first, 'cleo');
    const second = await context.newPage();
    await second.goto(stack.origin);
    await second.locator('a.card').first().waitFor();
    const before = refreshes();
    await expect
      .poll(
        async () => {
          // Each asks for something, which has the token refreshed once it is about to end.
          const search = `${stack.origin}/#/search/${Math.random()}`;
          await Promise.all([first, second].map((page) => page.goto(search)));
          return refreshes();
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(before + 2);
    await first.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(provider.refused).toEqual([]);
  });

  it('who signs out is signed out on every page, and at the provider', async () => {
    const page = await open();
    await signIn(page, 'dora');
    const other = await context.newPage();
    await other.goto(stack.origin);
    await other.locator('a.card').first().waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.getByRole('heading', { name: 'Sign in to watch' }).waitFor();
    expect(new URL(page.url()).origin).toBe(stack.origin);
    await other.getByRole('heading', { name: 'Sign in to watch' }).waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByPlaceholder('Enter any login').waitFor();
  });

  it('an answer that no page of this browser asked for signs nobody in', async () => {
    const page = await open();
    await page.goto(`${stack.origin}/?code=stolen&state=of-another`);
    await page.getByRole('heading', { name: 'Sign in to watch' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(provider.refused).toEqual([]);
  });

  it('a link to the page runs nothing, and leads nowhere else', { timeout: 120_000 }, async () => {
    const page = await open();
    const gone: string[] = [];
    page.on('request', (request) => {
      if (request.isNavigationRequest() && new URL(request.url()).origin !== stack.origin)
        gone.push(request.url());
    });
    page.on('dialog', (dialog) => {
      gone.push(dialog.message());
      void dialog.dismiss();
    });
    for (const address of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      '//evil.example/',
      '/\\evil.example',
      '"><img src=x onerror=alert(1)>',
      '%E0%A4%A',
      '\u202eexe.4pm',
      'x'.repeat(10_000),
    ]) {
      const target = encodeURIComponent(address);
      await page.goto('about:blank');
      await page.goto(`${stack.origin}/?state=x&code=x&return_to=${target}#${address}`);
      for (const route of [address, `/title/${target}`, `/watch/${address}`, `/search/${target}`]) {
        await page.evaluate(`location.hash = ${JSON.stringify(route)}`);
        await page.locator('main:not([aria-busy]) :is(h1, h2)').first().waitFor();
        expect(new URL(page.url()).origin).toBe(stack.origin);
        const protocols = await page
          .locator('a[href]')
          .evaluateAll((links) => links.map((link) => (link as unknown as { protocol: string }).protocol));
        for (const protocol of protocols) expect(protocol).toMatch(/^https?:$/);
      }
    }
    expect(gone).toEqual([]);
  });

  it('a refusal at the provider is said', async () => {
    const page = await open();
    await page.goto(stack.origin);
    await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('link', { name: 'Cancel' }).click();
    await page.getByText('Signing in did not work').waitFor();
  });
});
