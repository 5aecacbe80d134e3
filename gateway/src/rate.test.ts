import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';
import { createRateLimiter } from './rate.ts';
import { post } from './testing/gateway.ts';
import { serveFilms } from './testing/served.ts';

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

  it('remembers who keeps coming while many come once', () => {
    const limiter = createRateLimiter({ perSecond: 1, burst: 1 }, () => 0);
    expect(limiter.take('regular')).toBeNull();
    for (let n = 0; n < 60_000; n++) {
      limiter.take(`visitor ${n}`);
      if (n % 1_000 === 0) expect(limiter.take('regular')).toBe(1);
    }
    expect(limiter.take('visitor 0')).toBeNull();
  });
});

describe('the limits a gateway starts with', () => {
  const served = serveFilms({ limits: readEnvironment({}).gateway.limits });

  it('let one user with many tabs start 500 queries in quick succession', async () => {
    const statuses = new Map<number, number>();
    const tab = async () => {
      for (let n = 0; n < 25; n++) {
        const { status } = await post(served.gateway.url(), '{ titles(first: 1) { name } }');
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 20 }, tab));
    expect([...statuses]).toEqual([[200, 500]]);
  });
});
