import { requireChromium } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';

const program = requireChromium();

describe.skipIf(program.skip)('GraphiQL', () => {
  let browser: Browser;
  let viewer: Viewer;
  const requested: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser(program.path);
    viewer = await openViewer(browser, Buffer.from('a film'), {
      name: 'Counting Seconds',
      durationSeconds: 1,
      container: 'mp4',
      videoCodec: 'avc',
      audioCodec: 'aac',
    });
    viewer.page.on('request', (request) => requested.push(request.url()));
  });
  afterAll(async () => {
    await viewer?.close();
    await browser?.close();
  });
  /** The editor draws spaces that do not break. */
  const response = async () =>
    ((await viewer.page.locator('.graphiql-response').textContent()) ?? '').replaceAll('\u00a0', ' ');
  const run = () => viewer.page.getByRole('button', { name: 'Execute query' }).click();

  it('runs the query of its first tab as it stands, with its variables', async () => {
    await viewer.page.goto(`${viewer.gateway.url}/graphiql/`);
    await viewer.page.getByText('totalCount').first().waitFor();
    await run();
    await expect.poll(response, { timeout: 10_000 }).toContain('"totalCount": 1');
    expect(viewer.gateway.calls.at(-1)).toMatchObject({
      operation: 'BrowseTitles',
      variables: { first: 20 },
    });
  });

  it('runs a subscription', async () => {
    await viewer.page.getByRole('tab', { name: 'CatalogAvailability' }).click();
    await run();
    await expect
      .poll(
        async () => {
          viewer.gateway.setPeers([]);
          return response();
        },
        { timeout: 10_000 },
      )
      .toContain('catalogAvailabilityChanged');
  });

  it('fetches nothing from anywhere else', () => {
    expect(
      requested.filter((url) => !url.startsWith(viewer.gateway.url) && !url.startsWith('data:')),
    ).toEqual([]);
  });
});
