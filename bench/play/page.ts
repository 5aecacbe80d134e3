import type { Page } from 'playwright-core';

/** What runs in the page; `Measured` is what it leaves there. */
interface Measured {
  clickedAt: number;
  firstFrameAt: number;
}
interface Video {
  currentTime: number;
  requestVideoFrameCallback(callback: (now: number, frame: { mediaTime: number }) => void): void;
}

/** Notes when `[data-action=play]` is clicked, and when the first frame of a video is shown after that. */
export const WATCH_FIRST_FRAME = `
  globalThis.measured = { clickedAt: 0, firstFrameAt: 0 };
  const seen = new WeakSet();
  document.addEventListener('click', ({ target }) => {
    if (target.closest?.('[data-action=play]')) measured.clickedAt = performance.now();
  }, true);
  for (const type of ['loadstart', 'loadedmetadata', 'loadeddata', 'playing'])
    document.addEventListener(type, ({ target }) => {
      if (!target.requestVideoFrameCallback || seen.has(target)) return;
      seen.add(target);
      target.requestVideoFrameCallback(() => {
        measured.firstFrameAt ||= performance.now();
      });
    }, true);
`;

/** From the click to the first frame, in milliseconds. */
export function firstFrameMs(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const look = () => {
          const { clickedAt, firstFrameAt } = (globalThis as unknown as { measured: Measured }).measured;
          if (firstFrameAt > 0) resolve(firstFrameAt - clickedAt);
          else setTimeout(look, 50);
        };
        look();
      }),
  );
}

/** From a seek to the first frame of there, in milliseconds. */
export function seekMs(page: Page, seconds: number): Promise<number> {
  return page.locator('video').evaluate((element, target) => {
    const video = element as unknown as Video;
    const askedAt = performance.now();
    video.currentTime = target;
    return new Promise<number>((resolve) => {
      const look = () =>
        video.requestVideoFrameCallback((_, { mediaTime }) => {
          // A frame of before may still come.
          if (Math.abs(mediaTime - target) < 2.5) resolve(performance.now() - askedAt);
          else look();
        });
      look();
    });
  }, seconds);
}
