import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  requireChromium,
  samplesShared,
  startStack,
  type TestStack,
  writeNewFilm,
} from '@giggityflix/testing';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM_ARGS, INSECURE_HOST } from './chromium.ts';

const WAIT = { timeout: 15_000, interval: 50 };
const browserProgram = await requireChromium();

interface VideoState {
  currentTime: number;
  duration: number;
  frames: number;
  error: string | null;
}

/** The members of `HTMLVideoElement` that are looked at in the page. */
interface Video {
  currentTime: number;
  duration: number;
  error: { message: string } | null;
  getVideoPlaybackQuality(): { totalVideoFrames: number };
}

async function videoState(page: Page): Promise<VideoState | null> {
  const video = page.locator('video');
  if ((await video.count()) === 0) return null;
  return video.evaluate((element) => {
    const { currentTime, duration, error, getVideoPlaybackQuality } = element as unknown as Video;
    const { totalVideoFrames } = getVideoPlaybackQuality.call(element);
    return { currentTime, duration, frames: totalVideoFrames, error: error?.message ?? null };
  });
}

async function seek(page: Page, seconds: number): Promise<void> {
  await page.locator('video').evaluate((element, target) => {
    (element as unknown as Video).currentTime = target;
  }, seconds);
}

describe.skipIf(browserProgram.skip)('a viewer in Chromium', () => {
  let stack: TestStack;
  let browser: Browser;
  let page: Page;
  /** Bytes of bodies that came over the network rather than from the service worker. */
  let fromNetwork: { url: string; contentType: string }[];

  /** What a page did, or wanted to do, against its policy. */
  const violations: string[] = [];

  beforeAll(async () => {
    [stack, browser] = await Promise.all([
      startStack({ env: { ALLOWED_HOSTS: INSECURE_HOST } }),
      chromium.launch({ executablePath: browserProgram.path, args: CHROMIUM_ARGS }),
    ]);
    await samplesShared(stack);
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.dispose();
  });

  async function open(path: string, origin = stack.origin): Promise<Page> {
    await page?.context().close();
    page = await (await browser.newContext()).newPage();
    fromNetwork = [];
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted/.test(message.text()))
        violations.push(`${message.location().url}: ${message.text()}`);
    });
    page.on('pageerror', ({ message }) => void violations.push(message));
    page.on('response', (response) => {
      if (!response.fromServiceWorker())
        fromNetwork.push({ url: response.url(), contentType: response.headers()['content-type'] ?? '' });
    });
    await page.goto(`${origin}${path}`);
    return page;
  }

  async function play(title: string, origin = stack.origin): Promise<void> {
    await open('/', origin);
    // Not the one under "Continue watching", which plays at once.
    await page.locator('[data-title-id]', { hasText: title }).click();
    await page
      .getByRole('link', { name: /play|resume/i })
      .or(page.getByRole('button', { name: /play|resume/i }))
      .first()
      .click();
    await expect.poll(async () => (await videoState(page))?.frames ?? 0, WAIT).toBeGreaterThan(5);
  }

  it.each(['Counting Seconds', 'Moving Shapes'])('plays %s from the peer, and seeks', async (title) => {
    await play(title);
    const { currentTime, duration, error } = (await videoState(page))!;
    expect(error).toBeNull();
    await expect.poll(async () => (await videoState(page))!.currentTime, WAIT).toBeGreaterThan(currentTime);

    const target = duration * 0.8;
    const framesBefore = (await videoState(page))!.frames;
    await seek(page, target);
    await expect.poll(async () => (await videoState(page))!.currentTime, WAIT).toBeGreaterThan(target);
    await expect.poll(async () => (await videoState(page))!.frames, WAIT).toBeGreaterThan(framesBefore);

    expect(
      fromNetwork.filter(
        ({ url, contentType }) =>
          /film/.test(new URL(url).pathname) || /^(video|audio)\/|octet-stream/.test(contentType),
      ),
    ).toEqual([]);
  });

  it('plays over plain HTTP under a name that is listed, and seeks', async () => {
    await play('Counting Seconds', stack.origin.replace('127.0.0.1', INSECURE_HOST));
    expect(
      await page.evaluate('[isSecureContext, typeof crypto.subtle, "serviceWorker" in navigator]'),
    ).toEqual([false, 'undefined', false]);
    const { duration } = (await videoState(page))!;
    await seek(page, duration * 0.8);
    await expect
      .poll(async () => (await videoState(page))!.currentTime, WAIT)
      .toBeGreaterThan(duration * 0.8);
    expect(violations).toEqual([]);
  });

  it('gives a film to its video element alone, and to no page, frame, script or other tab', async () => {
    await play('Counting Seconds');
    const url = await page
      .locator('video')
      .evaluate((element) => (element as unknown as { src: string }).src);
    expect(new URL(url).pathname).toMatch(/^\/film\/[0-9a-f-]{36}$/);
    const { origin } = new URL(url);
    const other = await page.context().newPage();
    expect((await other.goto(url))?.status()).toBe(404);
    await other.goto(origin);
    for (const tab of [page, other])
      expect(
        await tab.evaluate(async (film) => {
          const fetched = await fetch(film, { headers: { range: 'bytes=0-99' } });
          return [fetched.status, await fetched.text()];
        }, url),
      ).toEqual([404, 'There is no film here.\n']);
    await other.close();
  });

  it('carries on by itself when the peer dies and comes back', async () => {
    await play('Counting Seconds');
    process.kill(stack.pidOf('peer'), 'SIGKILL');
    await expect
      .poll(() => {
        try {
          return stack.pidOf('peer');
        } catch {
          return null;
        }
      }, WAIT)
      .not.toBeNull();
    const { duration } = (await videoState(page))!;
    await seek(page, duration * 0.6);
    await expect
      .poll(async () => (await videoState(page))!.currentTime, { timeout: 19_000, interval: 100 })
      .toBeGreaterThan(duration * 0.6 + 0.5);
  });

  it('shows a film as soon as it is shared, and its loss', async () => {
    await open('/');
    await expect
      .poll(() => page.getByRole('link', { name: 'Counting Seconds' }).count(), WAIT)
      .toBeGreaterThan(0);
    const film = join(stack.mediaDir, 'Seen While Looking (2001).mp4');
    writeNewFilm(film);
    await expect
      .poll(
        async () => {
          return page
            .getByRole('link', { name: 'Seen While Looking' })
            .filter({ hasText: 'From 1 machine' })
            .count();
        },
        { timeout: 15_000, interval: 500 },
      )
      .toBeGreaterThan(0);
    rmSync(film);
    await expect
      .poll(
        () =>
          page
            .getByRole('link', { name: 'Seen While Looking' })
            .filter({ hasText: 'From 1 machine' })
            .count(),
        WAIT,
      )
      .toBe(0);
  });

  it('explores the graph in GraphiQL without the internet', async () => {
    await open('/graphiql');
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== stack.origin && /^https?:/.test(request.url()))
        elsewhere.push(request.url());
    });
    await expect.poll(() => page.getByRole('tab').count(), WAIT).toBeGreaterThan(1);
    await page
      .getByRole('button', { name: /execute/i })
      .first()
      .click();
    await expect
      .poll(() => page.locator('.graphiql-response').textContent(), WAIT)
      .toMatch(/Counting\sSeconds/);
    expect(elsewhere).toEqual([]);
  });

  it('keeps to its policy on every page', async () => {
    await play('Moving Shapes');
    expect(violations).toEqual([]);
  });
});
