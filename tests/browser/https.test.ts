// cspell:ignore ctap spki
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lanAddresses } from '@giggityflix/kernel/lan-addresses';
import { requireChromium, samplesShared, startStack, type TestStack } from '@giggityflix/testing';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askForAdmission } from '../../peer/src/edge/admission-request.ts';
import { LAN_NAME } from '../../stack/src/lan.ts';
import { addAuthenticator } from './authenticator.ts';
import { CHROMIUM_ARGS } from './chromium.ts';

const program = requireChromium();
const [address] = lanAddresses();

describe.skipIf(program.skip || !address)('npm start -- --https, from its network', () => {
  let stack: TestStack;
  let browser: Browser;
  beforeAll(async () => {
    stack = await startStack({ arguments: ['--https'], env: { STACK_LAN_ADDRESSES: address! } });
    const certificate = new X509Certificate(readFileSync(join(stack.dataDir, 'tls/home/server.pem')));
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
    browser = await chromium.launch({
      executablePath: program.path,
      args: [
        ...CHROMIUM_ARGS.filter((argument) => !argument.startsWith('--host-resolver-rules')),
        `--host-resolver-rules=MAP ${LAN_NAME} ${address}`,
        '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests',
        // As if its authority were installed.
        `--ignore-certificate-errors-spki-list=${createHash('sha256').update(spki).digest('base64')}`,
      ],
    });
    await samplesShared(stack);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.dispose();
  });

  it('is a secure context, where the owner signs up with a passkey and plays a film', async () => {
    const link = () => /https:\/\/\S+\/invitation\/[\w-]+/.exec(stack.output())?.[0] ?? '';
    await expect.poll(link).toContain(`https://${LAN_NAME}:${stack.ports.IDENTITY_PORT}/invitation/`);
    const page = await browser.newPage();
    await addAuthenticator(page);
    await page.goto(link());
    await page.getByLabel('Your name').fill('Anna');
    await page.getByLabel('Name or e-mail to sign in with').fill('anna');
    await page.getByRole('button', { name: 'Sign up with a passkey' }).click();
    await page.getByRole('link', { name: 'Go to Giggityflix' }).click();
    await page.waitForURL(`https://${LAN_NAME}:${stack.ports.GATEWAY_PORT}/**`);
    expect(await page.evaluate('isSecureContext')).toBe(true);
    await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.locator('[data-title-id]', { hasText: 'Counting Seconds' }).click();
    await page.click('[data-action=play]');
    const time = () =>
      page
        .locator('video')
        .evaluate((element) => (element as unknown as { currentTime: number }).currentTime);
    await expect.poll(time, { timeout: 30_000 }).toBeGreaterThan(0.5);
    const worker = 'navigator.serviceWorker.getRegistration().then((found) => found?.active?.scriptURL)';
    expect(await page.evaluate(worker)).toContain('/sw.js');
  }, 120_000);

  it.each([375, 1_280, 1_920])('shows at %d px how devices come to trust it', async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    await page.goto(`http://${address}:${stack.ports.GATEWAY_PORT}/authority`);
    const authority = new X509Certificate(readFileSync(join(stack.dataDir, 'tls/home/authority.pem')));
    await page.getByText(authority.fingerprint256).waitFor();
    expect(stack.output()).toContain(authority.fingerprint256);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    const download = await fetch(`http://${address}:${stack.ports.GATEWAY_PORT}/authority.crt`);
    expect(download.headers.get('content-type')).toBe('application/x-x509-ca-cert');
    expect(new X509Certificate(await download.text()).fingerprint256).toBe(authority.fingerprint256);
    await page.close();
  });

  it('gives a machine of the house an invitation that waits for its owner', async () => {
    const find = async () => [`http://${address}:${stack.ports.GATEWAY_PORT}`];
    expect(await askForAdmission(LAN_NAME, find)).toMatch(/^giggityflix:\/\/join\//);
  });

  it('leads everyone else from HTTP to HTTPS', async () => {
    const port = stack.ports.GATEWAY_PORT;
    const answer = await fetch(`http://${address}:${port}/title`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([
      308,
      `https://${address}:${port}/title`,
    ]);
    expect((await fetch(`http://${address}:${port}/health`)).status).toBe(200);
  });
});
