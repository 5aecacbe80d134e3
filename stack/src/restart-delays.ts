import { retryDelayMs } from '@giggityflix/kernel/retry-delay';

/** A process that lived this long is started again without the delays of earlier failures. */
const STABLE_AFTER_MS = 10_000;
/** The first restart is quick, since peers and viewers wait; a process that keeps failing is tried ever more rarely. */
const RESTART = {
  maxRetries: Number.POSITIVE_INFINITY,
  initialDelayMs: 200,
  maxDelayMs: 10_000,
  jitterFactor: 0.1,
};

/** When one process is started again. */
export interface RestartDelays {
  /** After how many milliseconds, having lived so many. */
  next(livedMs: number): number;
  /** It was ended on purpose. */
  reset(): void;
}

export function createRestartDelays(): RestartDelays {
  let failures = 0;
  return {
    next(livedMs) {
      failures = livedMs > STABLE_AFTER_MS ? 1 : failures + 1;
      return retryDelayMs(RESTART, failures);
    },
    reset() {
      failures = 0;
    },
  };
}
