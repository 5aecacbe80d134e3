import { expect, it } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

it('lets all threads together read no faster than allowed, and no slower', () => {
  const maxBytesPerSecond = 8_000_000;
  const paidUntil = new BigInt64Array(new SharedArrayBuffer(8));
  let ms = 1_000;
  const now = () => BigInt(Math.round(ms * 1e6));
  const threads = [1_000_000, 300_000, 70_000].map((bytes) => ({
    bytes,
    pay: createRateLimit({ maxBytesPerSecond, paidUntil, now }),
    waitsUntil: ms,
    read: 0,
  }));
  const startedAt = ms;
  for (let reads = 0; reads < 200; reads += 1) {
    const next = threads.reduce((first, thread) => (thread.waitsUntil < first.waitsUntil ? thread : first));
    ms = next.waitsUntil;
    next.waitsUntil = ms + next.pay(next.bytes);
    next.read += next.bytes;
  }
  const seconds = (Math.max(...threads.map(({ waitsUntil }) => waitsUntil)) - startedAt) / 1_000;
  const total = threads.reduce((sum, { read }) => sum + read, 0);
  expect(total / seconds).toBeCloseTo(maxBytesPerSecond, -2);
});

it('does not make up for time in which nothing was read', () => {
  const paidUntil = new BigInt64Array(new SharedArrayBuffer(8));
  let seconds = 0;
  const pay = createRateLimit({
    maxBytesPerSecond: 1_000,
    paidUntil,
    now: () => BigInt(seconds) * 10n ** 9n,
  });
  expect(pay(500)).toBe(500);
  seconds = 100;
  expect(pay(500)).toBe(500);
  expect(pay(500)).toBe(1_000);
});
