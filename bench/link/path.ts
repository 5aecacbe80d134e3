/** Of IPv4 and UDP, which take their part of a line's rate. */
export const HEADER_BYTES = 28;

/** One direction of a link. */
export interface PathProfile {
  /** One way, in milliseconds. */
  delayMs: number;
  /** Up to so much is added to a datagram's delay; the order stays. */
  jitterMs: number;
  /** Part of the datagrams that is lost, each by itself, from 0 to 1. */
  loss: number;
  /** Null for a line that is never full. */
  bytesPerSecond: number | null;
  /** What may wait in front of the line; a datagram that finds no room is lost. */
  queueBytes: number;
}

export interface Path {
  /** When a datagram that is sent now arrives, on the caller's clock in milliseconds; null when it is lost. */
  offer(bytes: number, nowMs: number): number | null;
}

/** A queue in front of a line of some rate and length, drop-tail; what is lost on the line has taken its time there. */
export function createPath(profile: PathProfile, random: () => number): Path {
  const { delayMs, jitterMs, loss, queueBytes } = profile;
  const bytesPerMs = profile.bytesPerSecond === null ? null : profile.bytesPerSecond / 1_000;
  let busyUntil = Number.NEGATIVE_INFINITY;
  let lastArrival = Number.NEGATIVE_INFINITY;
  return {
    offer(bytes, nowMs) {
      const size = bytes + HEADER_BYTES;
      let leaves = nowMs;
      if (bytesPerMs !== null) {
        const begins = Math.max(nowMs, busyUntil);
        // What is on the line already does not wait.
        if (begins > nowMs && (begins - nowMs) * bytesPerMs + size > queueBytes) return null;
        leaves = begins + size / bytesPerMs;
        busyUntil = leaves;
      }
      if (loss > 0 && random() < loss) return null;
      const jitter = jitterMs > 0 ? jitterMs * random() : 0;
      lastArrival = Math.max(lastArrival, leaves + delayMs + jitter);
      return lastArrival;
    },
  };
}
