import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Stores } from '../stores.ts';
import type { Backoff } from './failures.ts';

const BACKOFF: Backoff = { free: 2, firstMs: 1_000, mostMs: 3_000, forgetMs: 60_000 };

/** The guarantees of {@link import('./failures.ts').Failures}. */
export function failuresCompliance(stores: Stores): void {
  const { failures } = stores;

  it('locks after some failures, each time twice as long, up to the most', async () => {
    const key = randomUUID();
    let now = 1_000_000;
    const locks: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      expect(await failures.attempt(key, BACKOFF, now)).toEqual({ outcome: 'admitted' });
      const next = await failures.attempt(key, BACKOFF, now);
      if (next.outcome === 'admitted') continue;
      locks.push(next.retryMs);
      // Asking in between makes it no longer.
      expect(await failures.attempt(key, BACKOFF, now + 1)).toEqual({ ...next, retryMs: next.retryMs - 1 });
      now += next.retryMs;
    }
    expect(locks).toEqual([1_000, 2_000, 3_000, 3_000, 3_000]);
  });

  it('counts attempts that are made at once, each of them', async () => {
    const key = randomUUID();
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () => failures.attempt(key, BACKOFF, 5_000)),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'admitted')).toHaveLength(BACKOFF.free + 1);
  });

  it('takes back one attempt that succeeded, and leaves the others', async () => {
    const key = randomUUID();
    for (let n = 0; n < 20; n += 1) {
      expect((await failures.attempt(key, BACKOFF, 7_000)).outcome).toBe('admitted');
      await failures.discount(key);
    }
    for (let n = 0; n < BACKOFF.free + 1; n += 1) await failures.attempt(key, BACKOFF, 7_000);
    expect((await failures.attempt(key, BACKOFF, 7_000)).outcome).toBe('locked');
    await failures.discount(randomUUID());
  });

  it('forgets after a success, after a long time, and when the old are removed', async () => {
    const keys = [randomUUID(), randomUUID(), randomUUID()] as const;
    for (const key of keys) for (let n = 0; n < 3; n += 1) await failures.attempt(key, BACKOFF, 9_000);
    await failures.forget(keys[0]);
    expect((await failures.attempt(keys[0], BACKOFF, 9_001)).outcome).toBe('admitted');
    expect((await failures.attempt(keys[1], BACKOFF, 9_001)).outcome).toBe('locked');
    for (let n = 0; n < 3; n += 1)
      expect((await failures.attempt(keys[1], BACKOFF, 9_000 + BACKOFF.forgetMs)).outcome).toBe('admitted');
    await failures.prune(9_001);
    expect((await failures.attempt(keys[2], BACKOFF, 9_001)).outcome).toBe('admitted');
  });
}
