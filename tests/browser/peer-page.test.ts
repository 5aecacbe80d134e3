import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import { freePorts, requireChromium } from '@giggityflix/testing';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../peer/src/environment.ts';
import { createPeer, type Peer } from '../../peer/src/service.ts';
import { complaintsOf } from './accessibility.ts';
import { CHROMIUM_ARGS } from './chromium.ts';

const program = requireChromium();
const WAIT = { timeout: 40_000 };

describe.skipIf(program.skip)('the page of a peer', { timeout: 120_000 }, () => {
  let dir: string;
  let peer: Peer;
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'giggityflix-peer-page-'));
    mkdirSync(join(dir, 'films'));
    writeFileSync(join(dir, 'films/A Film (2020).mp4'), 'some bytes');
    const [port] = (await freePorts(1)) as [number];
    const config = readEnvironment({
      DATA_DIR: join(dir, 'data'),
      EDGE_GRPC_ADDRESS: '127.0.0.1:9',
      HTTP_PORT: String(port),
      ENABLE_UPNP: 'false',
      EXTRACT_METADATA: 'false',
    });
    peer = createPeer(config, { logger: createLogger({ service: 'peer', level: 'silent' }) });
    await peer.start();
    browser = await chromium.launch({ executablePath: program.path, args: CHROMIUM_ARGS });
    page = await browser.newPage({ viewport: { width: 375, height: 812 } });
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(`http://127.0.0.1:${port}/`);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await peer?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('sets the peer up: a folder, hours, a pause', async () => {
    const folder = join(dir, 'films');
    await page.getByLabel('Folder to share').fill(join(dir, 'nothing'));
    await page.getByRole('button', { name: 'Add folder' }).click();
    await page.getByText('is no folder that this peer can see').waitFor();
    await page.getByLabel('Folder to share').fill(folder);
    await page.getByRole('button', { name: 'Add folder' }).click();
    await page.getByText('1 film shared').waitFor(WAIT);

    await page.getByLabel('At most, to all viewers together').fill('20');
    await page.getByRole('button', { name: 'Add hours with another limit' }).click();
    await page.getByLabel('megabits a second in these hours').fill('1.5');
    await page.getByRole('button', { name: 'Keep' }).click();
    await page.getByText('Kept.').waitFor();

    await page.getByRole('button', { name: 'Pause sharing' }).click();
    await page.getByText('Sharing is paused').waitFor();
    await expect.poll(() => peer.status().edge.state).toBe('paused');
    await page.reload();
    await page.getByText('1 film shared').waitFor(WAIT);
    expect(await page.getByLabel('megabits a second in these hours').inputValue()).toBe('1.5');
    await page.getByRole('button', { name: 'Resume sharing' }).click();
    await page.getByRole('button', { name: 'Pause sharing' }).waitFor();
  });

  it.each([375, 1280, 1920])(
    'fits a screen of %i px, and is as accessible as axe can tell',
    async (width) => {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await complaintsOf(page)).toEqual([]);
      }
      expect(errors).toEqual([]);
    },
  );
});
