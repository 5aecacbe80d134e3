/** How often something that failed is tried again, and after which pauses, each twice as long as the one before. */
export interface RetryPolicy {
  /** Attempts after the first. */
  maxRetries: number;
  initialDelayMs: number;
  maxDelayMs: number;
  /** Share of the delay that is drawn at random, 0 to 1. */
  jitterFactor: number;
}

/** The delay before retry `attempt` (1 for the first retry), in milliseconds, capped at `maxDelayMs`. */
export function retryDelayMs(
  policy: RetryPolicy,
  attempt: number,
  random: () => number = Math.random,
): number {
  const exponential = Math.min(policy.maxDelayMs, policy.initialDelayMs * 2 ** (attempt - 1));
  const jitter = exponential * policy.jitterFactor * (2 * random() - 1);
  return Math.max(0, Math.min(policy.maxDelayMs, exponential + jitter));
}
