/** Bounds retries to a share of the requests, so that they never multiply the load on something in trouble. */
export interface RetryBudget {
  /** Every first attempt earns a part of a retry. */
  earn(): void;
  /** Whether a retry may be made; takes it from the budget. */
  spend(): boolean;
}

/** One retry for ten requests, and a few at any time for quiet hours. */
const EARNED_PER_REQUEST = 0.1;
const RESERVE = 10;

export function createRetryBudget(): RetryBudget {
  let tokens = RESERVE;
  return {
    earn() {
      tokens = Math.min(RESERVE * 10, tokens + EARNED_PER_REQUEST);
    },
    spend() {
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
