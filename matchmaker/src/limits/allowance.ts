export interface RateLimit {
  /** Datagrams a second; 0 for no limit. */
  perSecond: number;
  /** Datagrams at once after a rest. */
  burst: number;
}

/** Longer than any allowance needs to be whole again: what rested so long may be forgotten. */
export const PERIOD_MS = 60_000;

/** How much one source has used: by the generic cell rate algorithm a single number. */
export interface Usage {
  /** When its allowance is whole again (milliseconds, monotonic). */
  wholeAt: number;
}

/** Whether one more is allowed at `now`; counts it if so. */
export type Allowance = (usage: Usage, now: number) => boolean;

export function createAllowance({ perSecond, burst }: RateLimit): Allowance {
  if (perSecond === 0) return () => true;
  const intervalMs = 1_000 / perSecond;
  const toleranceMs = intervalMs * burst;
  return (usage, now) => {
    const next = Math.max(usage.wholeAt, now) + intervalMs;
    if (next - now > toleranceMs) return false;
    usage.wholeAt = next;
    return true;
  };
}
