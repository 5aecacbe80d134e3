export interface BackoffConfig {
  /** Wait before the first retry, in milliseconds. */
  initialMs: number;
  /** Longest wait, and the wait after the quick attempts. */
  maxMs: number;
  quickAttempts: number;
}

/** Share of a wait that is drawn at random: the peers of an edge that died must not all come back at once. */
const JITTER = 0.3;

/**
 * The wait before attempt `attempt` (1 for the first retry): doubling from `initialMs` while quick attempts last,
 * `maxMs` from then on.
 */
export function backoffMs(
  config: BackoffConfig,
  attempt: number,
  random: () => number = Math.random,
): number {
  const base =
    attempt > config.quickAttempts
      ? config.maxMs
      : Math.min(config.maxMs, config.initialMs * 2 ** (attempt - 1));
  return Math.round(base * (1 - JITTER * random()));
}
