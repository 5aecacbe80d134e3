import { DEFAULT_RETRY } from '@giggityflix/bus';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelayMs } from './retry-delay.ts';

describe('the delay before a retry', () => {
  it('doubles up to the maximum', () => {
    const policy = { maxRetries: 9, initialDelayMs: 100, maxDelayMs: 1_000, jitterFactor: 0 };
    expect([1, 2, 3, 4, 5, 6].map((attempt) => retryDelayMs(policy, attempt))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
  });

  it('stays within the jitter and the maximum, however often it is tried', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, draw) => {
          const delay = retryDelayMs(DEFAULT_RETRY, attempt, () => draw);
          const middle = Math.min(
            DEFAULT_RETRY.maxDelayMs,
            DEFAULT_RETRY.initialDelayMs * 2 ** (attempt - 1),
          );
          expect(delay).toBeGreaterThanOrEqual(middle * 0.8 - 1e-9);
          expect(delay).toBeLessThanOrEqual(Math.min(DEFAULT_RETRY.maxDelayMs, middle * 1.2 + 1e-9));
        },
      ),
    );
  });
});
