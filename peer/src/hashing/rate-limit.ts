export interface RateLimitOptions {
  maxBytesPerSecond: number;
  /** One entry in shared memory: until when, on the clock of `now`, what was read has used up the limit. */
  paidUntil: BigInt64Array;
  /** A monotonic clock all threads share, in nanoseconds. */
  now?: () => bigint;
}

/**
 * Limits the threads that share `paidUntil` to a speed over all of them.
 *
 * @returns a function that takes a place on their common timeline for so many bytes and returns how long to wait for its end,
 * in milliseconds.
 */
export function createRateLimit(options: RateLimitOptions): (bytes: number) => number {
  const { maxBytesPerSecond, paidUntil, now: clock = process.hrtime.bigint } = options;
  return (bytes) => {
    const now = clock();
    const cost = BigInt(Math.round((bytes / maxBytesPerSecond) * 1e9));
    while (true) {
      const former = Atomics.load(paidUntil, 0);
      const end = (former > now ? former : now) + cost;
      if (Atomics.compareExchange(paidUntil, 0, former, end) === former) return Number(end - now) / 1e6;
    }
  };
}
