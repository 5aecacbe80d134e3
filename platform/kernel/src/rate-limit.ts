import { LRUCache } from 'lru-cache';

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
  options: { perSecond: number; burst: number },
  now: () => number = () => performance.now(),
): RateLimiter {
  const { perSecond, burst } = options;
  // As a size, not as `max`: that would set 2.8 MB aside before the first request.
  const buckets = new LRUCache<string, { tokens: number; at: number }>({
    maxSize: MAX_KEYS,
    sizeCalculation: () => 1,
  });
  return {
    take(key) {
      if (perSecond === 0) return null;
      const time = now();
      let bucket = buckets.get(key);
      if (!bucket) {
        bucket = { tokens: burst, at: time };
        buckets.set(key, bucket);
      }
      bucket.tokens = Math.min(burst, bucket.tokens + ((time - bucket.at) / 1_000) * perSecond);
      bucket.at = time;
      if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perSecond);
      bucket.tokens -= 1;
      return null;
    },
  };
}
