import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchStuck } from './stuck.ts';

const video = { paused: false, ended: false, seeking: false, currentTime: 0, error: null };
let isWaiting: boolean;
let failures: number;
let watch: { stop(): void };

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(video, { paused: false, ended: false, currentTime: 0 });
  isWaiting = false;
  failures = 0;
  watch = watchStuck(video, {
    isWaiting: () => isWaiting,
    onStuck: () => {
      failures += 1;
    },
  });
});
afterEach(() => {
  watch.stop();
  vi.useRealTimers();
});

it('says so when a film stands at its beginning without a reason', () => {
  vi.advanceTimersByTime(14_000);
  expect(failures).toBe(0);
  vi.advanceTimersByTime(2_000);
  expect(failures).toBe(1);
});

it.each([
  ['is paused', () => Object.assign(video, { paused: true })],
  ['has ended', () => Object.assign(video, { ended: true })],
  [
    'waits for its peer',
    () => {
      isWaiting = true;
    },
  ],
])('says nothing of a film that %s', (_what, change) => {
  change();
  vi.advanceTimersByTime(60_000);
  expect(failures).toBe(0);
});

it('says nothing of a film that goes on, however slowly', () => {
  for (let look = 0; look < 12; look += 1) {
    vi.advanceTimersByTime(10_000);
    video.currentTime += 0.04;
  }
  expect(failures).toBe(0);
});
