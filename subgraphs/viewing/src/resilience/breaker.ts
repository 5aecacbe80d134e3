export type BreakerState = 'closed' | 'open' | 'half_open';

export interface BreakerOptions {
  /** Failures in a row that open it. */
  failures: number;
  /** How long it stays open before one call may probe, in milliseconds. */
  openMs: number;
  /** Which errors are failures of the other side; all when omitted. */
  counts?(error: unknown): boolean;
  clock?: () => number;
  onChange?(state: BreakerState): void;
}

/** Thrown instead of calling while the breaker is open. */
export class BreakerOpenError extends Error {
  override readonly name = 'BreakerOpenError';
}

export interface Breaker {
  readonly state: BreakerState;
  /** Makes the call, or throws {@link BreakerOpenError} at once. */
  run<T>(call: () => Promise<T>): Promise<T>;
}

/** A circuit breaker: after some failures in a row it spares the other side, then lets one call at a time probe. */
export function createBreaker(options: BreakerOptions): Breaker {
  const clock = options.clock ?? Date.now;
  let state = 'closed' as BreakerState;
  let failures = 0;
  let openedAt = 0;
  const change = (next: BreakerState) => {
    if (state === next) return;
    state = next;
    options.onChange?.(next);
  };
  return {
    get state() {
      return state;
    },
    async run(call) {
      if (state === 'open' && clock() - openedAt >= options.openMs) change('half_open');
      else if (state !== 'closed') throw new BreakerOpenError('the circuit breaker is open');
      try {
        const result = await call();
        failures = 0;
        change('closed');
        return result;
      } catch (error) {
        if (options.counts && !options.counts(error)) {
          failures = 0;
          change('closed');
          throw error;
        }
        failures += 1;
        const wasProbe = state !== 'closed';
        if (wasProbe || failures >= options.failures) {
          openedAt = clock();
          change('open');
        }
        throw error;
      }
    },
  };
}
