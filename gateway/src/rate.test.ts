import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.ts';
import type { Gateway } from './gateway.ts';
import { createRateLimiter } from './rate.ts';
import { type Films, startFilms } from './testing/films.ts';
import { post, startGateway, testConfig } from './testing/gateway.ts';

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
});

describe('the limits a gateway starts with', () => {
  let films: Films;
  let gateway: Gateway;
  beforeAll(async () => {
    films = await startFilms();
    const { limits } = readEnvironment({}).gateway;
    gateway = await startGateway(testConfig(films.addresses, { limits }));
  });
  afterAll(async () => {
    await gateway?.stop();
    await films?.stop();
  });

  it('let one user with many tabs start 500 queries in quick succession', async () => {
    const statuses = new Map<number, number>();
    const tab = async () => {
      for (let n = 0; n < 25; n++) {
        const { status } = await post(gateway.url(), '{ titles(first: 1) { name } }');
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 20 }, tab));
    expect([...statuses]).toEqual([[200, 500]]);
  });
});
