export interface RefillRate {
  /** Tokens that are refilled per second. */
  perSecond: number;
  /** What a full bucket holds. */
  burst: number;
}

/** What may be spent, and when that was so; milliseconds of any clock that its owner keeps to. */
export interface TokenBucket {
  tokens: number;
  at: number;
}

export function fullBucket({ burst }: RefillRate, now: number): TokenBucket {
  return { tokens: burst, at: now };
}

/** Adds what has been refilled up to `now`; returns the tokens that there are. Spending is up to the caller. */
export function refill(bucket: TokenBucket, { perSecond, burst }: RefillRate, now: number): number {
  const gained = (Math.max(0, now - bucket.at) / 1_000) * perSecond;
  bucket.tokens = Math.min(burst, bucket.tokens + gained);
  bucket.at = now;
  return bucket.tokens;
}
