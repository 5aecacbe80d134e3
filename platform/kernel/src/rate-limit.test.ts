import { describe, expect, it } from 'vitest';
import { createRateLimiter } from './rate-limit.ts';

describe('rate limiter', () => {
  it('lets a burst through, then the rate, and says how long to wait', () => {
    let time = 0;
    const limiter = createRateLimiter({ perSecond: 2, burst: 3 }, () => time);
    expect([1, 2, 3].map(() => limiter.take('a'))).toEqual([null, null, null]);
    expect(limiter.take('a')).toBe(1);
    expect(limiter.take('b')).toBeNull();
    time = 500;
    expect(limiter.take('a')).toBeNull();
    expect(limiter.take('a')).toBe(1);
  });

  it('takes as much as something costs, at most all there is, and corrects what was an estimate', () => {
    let time = 0;
    const limiter = createRateLimiter({ perSecond: 2, burst: 10 }, () => time);
    limiter.correct('a', 5);
    expect(limiter.take('a', 7)).toBeNull();
    expect(limiter.take('a', 4)).toBe(1);
    limiter.correct('a', -3);
    expect(limiter.take('a', 6)).toBeNull();
    // It cost more than it was to.
    limiter.correct('a', 10);
    expect(limiter.take('a')).toBe(6);
    expect(limiter.take('a', Number.POSITIVE_INFINITY)).toBe(10);
    time = 10_000;
    expect(limiter.take('a', Number.POSITIVE_INFINITY)).toBeNull();
    expect(limiter.take('a')).toBe(1);
    // Never more than a full bucket is given back.
    limiter.correct('a', -50);
    expect(limiter.take('a', 11)).toBeNull();
    expect(limiter.take('a')).toBe(1);
  });

  it('remembers who keeps coming while many come once', () => {
    const limiter = createRateLimiter({ perSecond: 1, burst: 1 }, () => 0);
    expect(limiter.take('regular')).toBeNull();
    for (let n = 0; n < 110_000; n++) {
      limiter.take(`visitor ${n}`);
      if (n % 1_000 === 0) expect(limiter.take('regular')).toBe(1);
    }
    expect(limiter.take('visitor 0')).toBeNull();
  });
});
