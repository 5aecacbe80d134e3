/**
 * Bounds retries to a share of the calls, so that a struggling service is not buried under them: each call
 * earns `ratio` of a retry, saved up to `burst`.
 */
export function createRetryBudget(options: { ratio: number; burst: number }) {
  let tokens = options.burst;
  return {
    /** Counts a first attempt. */
    earn() {
      tokens = Math.min(options.burst, tokens + options.ratio);
    },
    /** Takes one retry if the budget has one. */
    spend(): boolean {
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
