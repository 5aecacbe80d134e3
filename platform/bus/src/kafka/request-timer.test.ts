import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import './request-timer.ts';

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js');
const scheduling = (state: { pending: unknown[]; throttledUntil: number }) => {
  const queue = Object.assign(Object.create(RequestQueue.prototype), { checkPendingRequests() {} }, state);
  queue.scheduleCheckPendingRequests();
  return vi.getTimerCount();
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('sets no timer after an answer while nothing waits', () => {
  expect(scheduling({ pending: [], throttledUntil: -1 })).toBe(0);
});

it.each([
  ['requests wait', { pending: [{}], throttledUntil: -1 }],
  ['the broker throttles', { pending: [], throttledUntil: Date.now() + 60_000 }],
])('sets one while %s', (_what, state) => {
  expect(scheduling(state)).toBe(1);
});
