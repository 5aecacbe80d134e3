export interface BucketConfig {
  /** What is refilled per second; 0 for no limit. */
  perSecond: number;
  /** What may be taken at once. */
  burst: number;
}

/** A token bucket that takes any amount: what costs more than it can ever hold waits until it is full. */
export interface Bucket {
  has(cost: number, now: number): boolean;
  take(cost: number, now: number): void;
  /** Milliseconds until it has as much. */
  msUntil(cost: number, now: number): number;
}

const UNLIMITED: Bucket = { has: () => true, take() {}, msUntil: () => 0 };

/** `now` is in milliseconds, and never decreases. */
export function createBucket({ perSecond, burst }: BucketConfig, now: number): Bucket {
  if (perSecond === 0) return UNLIMITED;
  let tokens = burst;
  let at = now;
  const refill = (time: number) => {
    if (time > at) tokens = Math.min(burst, tokens + ((time - at) / 1_000) * perSecond);
    at = time;
  };
  return {
    has(cost, time) {
      refill(time);
      return tokens >= Math.min(cost, burst);
    },
    take(cost, time) {
      refill(time);
      tokens = Math.max(0, tokens - cost);
    },
    msUntil(cost, time) {
      refill(time);
      return Math.max(0, ((Math.min(cost, burst) - tokens) / perSecond) * 1_000);
    },
  };
}
