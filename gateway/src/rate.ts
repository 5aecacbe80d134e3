/** Decides whether one more request of a key may be served now. */
export interface RateLimiter {
  /** Null when it may; otherwise the seconds after which it may. */
  take(key: string): number | null;
}

/** Keys remembered: one that was not seen for as long as its bucket takes to fill is forgotten first. */
const MAX_KEYS = 50_000;

/** A token bucket per key: `perSecond` requests on average, `burst` at once. `perSecond` 0 switches it off. */
export function createRateLimiter(
  options: { perSecond: number; burst: number },
  now: () => number = () => performance.now(),
): RateLimiter {
  const { perSecond, burst } = options;
  const buckets = new Map<string, { tokens: number; at: number }>();
  const forget = (time: number) => {
    for (const [key, bucket] of buckets) {
      if (((time - bucket.at) / 1_000) * perSecond + bucket.tokens < burst && buckets.size <= MAX_KEYS)
        return;
      buckets.delete(key);
      if (buckets.size <= MAX_KEYS / 2) return;
    }
  };
  return {
    take(key) {
      if (perSecond === 0) return null;
      const time = now();
      let bucket = buckets.get(key);
      if (!bucket) {
        if (buckets.size >= MAX_KEYS) forget(time);
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
