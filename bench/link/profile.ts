import type { PathProfile } from './path.ts';

/** Waits in front of the line at most so long, as in a home's router. */
const QUEUE_SECONDS = 0.1;
const MIN_QUEUE_BYTES = 64 * 1_024;

/** A link, the same in both directions. */
export interface LinkProfile {
  roundTripMs: number;
  jitterMs?: number;
  loss?: number;
  bytesPerSecond?: number | null;
}

export function pathOf({
  roundTripMs,
  jitterMs = 0,
  loss = 0,
  bytesPerSecond = null,
}: LinkProfile): PathProfile {
  return {
    delayMs: roundTripMs / 2,
    jitterMs,
    loss,
    bytesPerSecond,
    queueBytes: Math.max(MIN_QUEUE_BYTES, (bytesPerSecond ?? 0) * QUEUE_SECONDS),
  };
}
