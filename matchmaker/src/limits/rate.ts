export interface RateLimit {
  /** Datagrams a second; 0 for no limit. */
  perSecond: number;
  /** Datagrams at once after a pause. */
  burst: number;
}

/** Longer than any limit takes to be unused again: what was not used for so long need not be kept. */
export const PERIOD_MS = 60_000;

/** How much one source has used: a single number, by the generic cell rate algorithm. */
export interface Usage {
  /** When it counts as unused again (milliseconds, monotonic). */
  unusedAt: number;
}

/** Whether one more is allowed at `now`; counts it if so. */
export type RateCheck = (usage: Usage, now: number) => boolean;

export function createRateCheck({ perSecond, burst }: RateLimit): RateCheck {
  if (perSecond === 0) return () => true;
  const intervalMs = 1_000 / perSecond;
  const toleranceMs = intervalMs * burst;
  return (usage, now) => {
    const next = Math.max(usage.unusedAt, now) + intervalMs;
    if (next - now > toleranceMs) return false;
    usage.unusedAt = next;
    return true;
  };
}
