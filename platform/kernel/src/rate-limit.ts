import { LRUCache } from 'lru-cache';
import { fullBucket, type RefillRate, refill, type TokenBucket } from './token-bucket.ts';

/** Decides whether one more request of a key, such as a user or an address, may be served now. */
export interface RateLimiter {
  /** Null when it may, which takes so many tokens, one unless given; otherwise the seconds after which it may. */
  take(key: string, tokens?: number): number | null;
  /** Takes more for what was let in, or gives back with a negative number: what was taken had been an estimate. */
  correct(key: string, tokens: number): void;
}

/**
 * Keys kept, about 150 bytes each. Beyond these the one that was not seen for longest is dropped, which at worst
 * grants it a full burst again.
 */
const MAX_KEYS = 100_000;

/**
 * A token bucket per key: `perSecond` tokens on average, `burst` at once; what wants more than that takes all of a full bucket.
 * `perSecond` 0 switches it off. Each process
 * counts for itself: behind a balancer the limit of the fleet is the sum of its processes'. `now` is in milliseconds.
 */
export function createRateLimiter(
  rate: RefillRate,
  now: () => number = () => performance.now(),
): RateLimiter {
  // As a size, not as `max`: that would set 2.8 MB aside before the first request.
  const buckets = new LRUCache<string, TokenBucket>({
    maxSize: MAX_KEYS,
    sizeCalculation: () => 1,
  });
  return {
    take(key, wanted = 1) {
      if (rate.perSecond === 0) return null;
      const time = now();
      let bucket = buckets.get(key);
      if (!bucket) {
        bucket = fullBucket(rate, time);
        buckets.set(key, bucket);
      }
      const taken = Math.min(wanted, rate.burst);
      const missing = taken - refill(bucket, rate, time);
      if (missing > 0) return Math.ceil(missing / rate.perSecond);
      bucket.tokens -= taken;
      return null;
    },
    correct(key, tokens) {
      const bucket = buckets.get(key);
      if (bucket) bucket.tokens -= tokens;
    },
  };
}
