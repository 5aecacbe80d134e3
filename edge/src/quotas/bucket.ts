import { fullBucket, type RefillRate, refill } from '@giggityflix/kernel';

/** `perSecond` 0 is no limit. */
export type BucketConfig = RefillRate;

/** A token bucket that takes any amount: what costs more than it can ever hold waits until it is full. */
export interface Bucket {
  has(cost: number, now: number): boolean;
  take(cost: number, now: number): void;
  /** Milliseconds until it has as much. */
  msUntil(cost: number, now: number): number;
}

const UNLIMITED: Bucket = { has: () => true, take() {}, msUntil: () => 0 };

/** `now` is in milliseconds, and never decreases. */
export function createBucket(config: BucketConfig, now: number): Bucket {
  const { perSecond, burst } = config;
  if (perSecond === 0) return UNLIMITED;
  const bucket = fullBucket(config, now);
  return {
    has: (cost, time) => refill(bucket, config, time) >= Math.min(cost, burst),
    take(cost, time) {
      bucket.tokens = Math.max(0, refill(bucket, config, time) - cost);
    },
    msUntil: (cost, time) =>
      Math.max(0, ((Math.min(cost, burst) - refill(bucket, config, time)) / perSecond) * 1_000),
  };
}
