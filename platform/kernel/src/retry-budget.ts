/** Bounds retries to a share of the calls, so that they never multiply the load on a service in trouble. */
export interface RetryBudget {
  /** Counts a first attempt, which earns a part of a retry. */
  earn(): void;
  /** Whether a retry may be made; takes it from the budget. */
  spend(): boolean;
}

/** Each call earns `ratio` of a retry, saved up to `most`; there are `reserve` to begin with. */
export function createRetryBudget(options: { ratio: number; reserve: number; most: number }): RetryBudget {
  let tokens = options.reserve;
  return {
    earn() {
      tokens = Math.min(options.most, tokens + options.ratio);
    },
    spend() {
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
