import { createRecentMap } from './recent.ts';

export interface RateLimit {
  /** Datagrams a second; 0 for no limit. */
  perSecond: number;
  /** Datagrams at once after a rest. */
  burst: number;
}

export interface RateLimiter {
  /** Whether one more is allowed at `now` (milliseconds, monotonic); counts it if so. */
  allow(key: string, now: number): boolean;
  /** Forgets those that have rested; to be called every {@link PERIOD_MS}. */
  rotate(): void;
}

/** Longer than any limiter needs to be full again. */
export const PERIOD_MS = 60_000;
/** Most sources remembered; about 100 bytes each. */
const MAX_SOURCES = 400_000;

/** The generic cell rate algorithm: one number for a source, the time at which its allowance is whole again. */
export function createRateLimiter({ perSecond, burst }: RateLimit): RateLimiter {
  if (perSecond === 0) return { allow: () => true, rotate() {} };
  const intervalMs = 1_000 / perSecond;
  const toleranceMs = intervalMs * burst;
  const wholeAt = createRecentMap<number>(MAX_SOURCES);
  return {
    allow(key, now) {
      const next = Math.max(wholeAt.get(key) ?? 0, now) + intervalMs;
      if (next - now > toleranceMs) return false;
      wholeAt.set(key, next);
      return true;
    },
    rotate: wholeAt.rotate,
  };
}
