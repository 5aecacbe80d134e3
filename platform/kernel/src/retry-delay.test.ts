import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RetryPolicy, retryDelayMs } from './retry-delay.ts';

const POLICY: RetryPolicy = { maxRetries: 5, initialDelayMs: 100, maxDelayMs: 5_000, jitterFactor: 0.2 };

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
          const delay = retryDelayMs(POLICY, attempt, () => draw);
          const middle = Math.min(POLICY.maxDelayMs, POLICY.initialDelayMs * 2 ** (attempt - 1));
          expect(delay).toBeGreaterThanOrEqual(middle * 0.8 - 1e-9);
          expect(delay).toBeLessThanOrEqual(Math.min(POLICY.maxDelayMs, middle * 1.2 + 1e-9));
        },
      ),
    );
  });
});
