import { readFileSync } from 'node:fs';
import { requireChromium } from '@giggityflix/testing';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFakeSignIn, type FakeSignIn } from './fake-sign-in.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';

const program = requireChromium();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);

describe.skipIf(program.skip)('a page whose token is refused before it expires', () => {
  let browser: Browser;
  let viewer: Viewer;
  let signIn: FakeSignIn;
  let claims: Record<string, unknown>;

  beforeAll(async () => {
    browser = await launchBrowser(program.path);
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    claims = {};
    signIn = createFakeSignIn({ claims: () => claims });
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
      { signIn },
    );
    viewer.gateway.setPeers([viewer.addPeer()]);
  });
  afterEach(() => viewer.close());

  const openTitles = async () => {
    await viewer.page.goto(`${viewer.gateway.url}/`);
    await viewer.page.locator('[data-title-id]').waitFor();
    await expect.poll(viewer.gateway.socketCount).toBe(1);
  };
  const isSubscribed = async () => {
    await expect.poll(viewer.gateway.socketCount).toBe(1);
    await expect
      .poll(() => {
        viewer.gateway.matched();
        return viewer.page.locator('.toast').count();
      })
      .toBeGreaterThan(0);
  };

  it('gets another one, once, and goes on; its subscriptions come back by themselves', async () => {
    await openTitles();
    signIn.refuseToken();
    viewer.gateway.closeSockets();
    await expect.poll(signIn.issued).toBe(2);
    await isSubscribed();
    await viewer.page.locator('[data-title-id]').click();
    await viewer.page.locator('[data-action=play]').waitFor();
    expect(signIn.issued()).toBe(2);
  });

  it('gets one by a query alone', async () => {
    await openTitles();
    signIn.refuseToken();
    await viewer.page.locator('[data-title-id]').click();
    await viewer.page.locator('[data-action=play]').waitFor();
    expect(signIn.issued()).toBe(2);
  });

  it('plays on where the film may be watched all the same', async () => {
    await viewer.watch();
    await viewer.playedPast(0.5);
    claims = { libraries: ['films'] };
    signIn.refuseToken();
    viewer.gateway.closeSockets();
    await expect.poll(signIn.issued).toBe(2);
    const { time } = await viewer.video();
    await viewer.playedPast(time + 1);
    expect(viewer.gateway.calls.filter(({ operation }) => operation === 'CreateSession')).toHaveLength(1);
  });

  it('asks to sign in when that is refused, too', async () => {
    await openTitles();
    signIn.revoke();
    viewer.gateway.closeSockets();
    await viewer.page.getByRole('heading', { name: 'Sign in to watch' }).waitFor();
    await viewer.page.getByText('This device was signed out.').waitFor();
  });

  it('stops the film of a device that was revoked', async () => {
    await viewer.watch();
    await viewer.playedPast(0.5);
    signIn.revoke();
    viewer.gateway.endSessions();
    await viewer.page.getByText('This device was signed out.').waitFor();
    expect(await viewer.page.locator('video').count()).toBe(0);
  });

  it('stops a film that may be watched no longer, and says so', async () => {
    await viewer.watch();
    await viewer.playedPast(0.5);
    claims = { rating_limit: 6 };
    signIn.refuseToken();
    viewer.gateway.hideFilm();
    viewer.gateway.endSessions();
    await viewer.page.getByText('This film may no longer be watched here.').waitFor();
    const paused = () =>
      viewer.page.locator('video').evaluate((video) => (video as unknown as { paused: boolean }).paused);
    expect(await paused()).toBe(true);
    await viewer.page.getByRole('link', { name: 'All titles' }).waitFor();
  });
});
