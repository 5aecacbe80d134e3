/** Bytes that may be sent at once after a pause; smooths timers without a burst that a router would drop. */
const BURST_SECONDS = 0.1;

/** A cap on what all viewers together are sent. */
export interface Bandwidth {
  /**
   * Resolves when `bytes` may be sent. Waiters are served in the order they came; since a viewer waits for
   * one message at a time, viewers take turns and share the cap equally.
   * @throws the signal's reason when it is aborted first.
   */
  take(bytes: number, signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** @param bitsPerSecond null for no cap. */
export function createBandwidth(bitsPerSecond: number | null, now = () => performance.now()): Bandwidth {
  if (bitsPerSecond === null) return { take: async () => {}, stop: () => {} };
  const bytesPerMs = bitsPerSecond / 8 / 1_000;
  const burst = bytesPerMs * 1_000 * BURST_SECONDS;
  const waiting = new Set<{ bytes: number; grant: () => void }>();
  let available = burst;
  let refilledAt = now();
  let timer: NodeJS.Timeout | undefined;

  const serve = () => {
    timer = undefined;
    const time = now();
    available = Math.min(burst, available + (time - refilledAt) * bytesPerMs);
    refilledAt = time;
    for (const waiter of waiting) {
      // A message may be larger than the burst: it goes once the balance is positive and leaves a debt.
      if (available <= 0) break;
      available -= waiter.bytes;
      waiting.delete(waiter);
      waiter.grant();
    }
    if (waiting.size > 0) timer = setTimeout(serve, Math.max(1, -available / bytesPerMs));
  };

  return {
    take(bytes, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const abort = () => {
          waiting.delete(waiter);
          reject(signal.reason);
        };
        const waiter = {
          bytes,
          grant: () => {
            signal.removeEventListener('abort', abort);
            resolve();
          },
        };
        signal.addEventListener('abort', abort, { once: true });
        waiting.add(waiter);
        if (timer === undefined) serve();
      });
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
