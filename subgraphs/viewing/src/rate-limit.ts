/** Callers remembered at once; the one idle longest is forgotten first, which at worst grants it a fresh burst. */
const MAX_CALLERS = 100_000;

export interface RateLimiter {
  /** 0 when the call may go on, else how many seconds to wait. */
  take(caller: string): number;
}

/**
 * A token bucket per caller, refilled at `perSecond` up to `burst`; `perSecond` 0 limits nothing.
 * Each process counts for itself: behind a balancer the limit of the fleet is the sum of its processes'.
 */
export function createRateLimiter(options: {
  perSecond: number;
  burst: number;
  clock?: () => number;
}): RateLimiter {
  const clock = options.clock ?? (() => performance.now());
  const buckets = new Map<string, { tokens: number; at: number }>();
  if (options.perSecond <= 0) return { take: () => 0 };
  return {
    take(caller) {
      const now = clock();
      const bucket = buckets.get(caller) ?? { tokens: options.burst, at: now };
      buckets.delete(caller);
      bucket.tokens = Math.min(
        options.burst,
        bucket.tokens + ((now - bucket.at) / 1_000) * options.perSecond,
      );
      bucket.at = now;
      buckets.set(caller, bucket);
      if (buckets.size > MAX_CALLERS) buckets.delete(buckets.keys().next().value as string);
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return 0;
      }
      return Math.max(1, Math.ceil((1 - bucket.tokens) / options.perSecond));
    },
  };
}
