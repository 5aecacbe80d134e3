import { PIECE_SIZE } from '@giggityflix/proto/data-channel';

/** Bytes that may be sent at once after a pause; smooths timers without a burst that a router would drop. */
const BURST_SECONDS = 0.1;
/**
 * What a viewer may catch up on that had nothing ready when its turn came, as it asked for more or sought: what it gets first then
 * is what it waits for most.
 */
const CATCH_UP_BYTES = 2 * PIECE_SIZE;

const NOTHING_TO_WAIT_FOR = Promise.resolve();

/** A cap on what all viewers together are sent. */
export interface Bandwidth {
  /** Gives a viewer its part: as much as everyone else's who wants as much. */
  join(): BandwidthShare;
  /** Another cap from now on, null for none; who waits goes on under it. */
  setLimit(bitsPerSecond: number | null): void;
  stop(): void;
}

/** For viewers that no cap applies to. */
export const UNLIMITED: Pick<Bandwidth, 'join'> = { join: () => ({ take: () => NOTHING_TO_WAIT_FOR }) };

/** One viewer's part of the cap. */
export interface BandwidthShare {
  /** Resolves when `bytes` may be sent. @throws the signal's reason when it is aborted first. */
  take(bytes: number, signal: AbortSignal): Promise<void>;
}

interface Waiter {
  /** Bytes each viewer has had when this one's turn comes. */
  start: number;
  bytes: number;
  grant(): void;
}

/**
 * Start-time fair queueing (Goyal, Vin and Cheng, 1996): the message goes next whose viewer has had the fewest bytes, counted from
 * where the others were when it came. So messages may differ in size, and who asks for less leaves the rest to all.
 *
 * @param bitsPerSecond null for no cap.
 */
export function createBandwidth(bitsPerSecond: number | null): Bandwidth {
  const inMs = (bits: number | null) => (bits === null ? null : bits / 8 / 1_000);
  let bytesPerMs = inMs(bitsPerSecond);
  const burst = () => (bytesPerMs ?? 0) * 1_000 * BURST_SECONDS;
  const waiting = new Set<Waiter>();
  /** Bytes a viewer has had by now who always wanted more. */
  let virtualTime = 0;
  let available = burst();
  let refilledAt = performance.now();
  let timer: NodeJS.Timeout | undefined;

  const serve = () => {
    timer = undefined;
    if (bytesPerMs === null) {
      for (const waiter of waiting) waiter.grant();
      waiting.clear();
      return;
    }
    const time = performance.now();
    available = Math.min(burst(), available + (time - refilledAt) * bytesPerMs);
    refilledAt = time;
    // A message may be larger than the burst: it goes once the balance is positive and leaves a debt.
    while (available > 0 && waiting.size > 0) {
      const next = firstOf(waiting);
      waiting.delete(next);
      available -= next.bytes;
      virtualTime = Math.max(virtualTime, next.start);
      next.grant();
    }
    if (waiting.size > 0) timer = setTimeout(serve, Math.max(1, -available / bytesPerMs));
  };

  return {
    join() {
      let had = virtualTime;
      return {
        take(bytes, signal) {
          if (bytesPerMs === null) return NOTHING_TO_WAIT_FOR;
          return new Promise((resolve, reject) => {
            if (signal.aborted) return reject(signal.reason);
            const start = Math.max(had, virtualTime - CATCH_UP_BYTES);
            had = start + bytes;
            const abort = () => {
              waiting.delete(waiter);
              had -= bytes;
              reject(signal.reason);
            };
            const waiter: Waiter = {
              start,
              bytes,
              grant() {
                signal.removeEventListener('abort', abort);
                resolve();
              },
            };
            signal.addEventListener('abort', abort, { once: true });
            waiting.add(waiter);
            // In the next microtask, so that all who become ready at once are compared.
            if (timer === undefined && waiting.size === 1) queueMicrotask(serveUnlessPlanned);
          });
        },
      };
    },
    setLimit(bits) {
      bytesPerMs = inMs(bits);
      available = burst();
      refilledAt = performance.now();
      clearTimeout(timer);
      timer = undefined;
      if (waiting.size > 0) serve();
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };

  function serveUnlessPlanned() {
    if (timer === undefined && waiting.size > 0) serve();
  }
}

/** As many wait as there are viewers at most: a few dozen. */
function firstOf(waiting: ReadonlySet<Waiter>): Waiter {
  let first: Waiter | undefined;
  for (const waiter of waiting) if (!first || waiter.start < first.start) first = waiter;
  return first as Waiter;
}
