import { LRUCache } from 'lru-cache';
import { fullBucket, type RefillRate, refill, type TokenBucket } from './token-bucket.ts';

/** Decides whether one more request of a key, such as a user or an address, may be served now. */
export interface RateLimiter {
  /** Null when it may; otherwise the seconds after which it may. */
  take(key: string): number | null;
}

/**
 * Keys kept, about 150 bytes each. Beyond these the one that was not seen for longest is dropped, which at worst
 * grants it a full burst again.
 */
const MAX_KEYS = 100_000;

/**
 * A token bucket per key: `perSecond` requests on average, `burst` at once. `perSecond` 0 switches it off. Each process
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
    take(key) {
      if (rate.perSecond === 0) return null;
      const time = now();
      let bucket = buckets.get(key);
      if (!bucket) {
        bucket = fullBucket(rate, time);
        buckets.set(key, bucket);
      }
      const tokens = refill(bucket, rate, time);
      if (tokens < 1) return Math.ceil((1 - tokens) / rate.perSecond);
      bucket.tokens -= 1;
      return null;
    },
  };
}
