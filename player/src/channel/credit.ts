/** Two pieces: one is put together while the other comes. */
const MIN_WINDOW_BYTES = 512 * 1_024;
/** Some 60 MB/s at a round trip of 100 ms. */
const MAX_WINDOW_BYTES = 8 * 1_024 * 1_024;
/**
 * What may be on its way beside that, at the speed it has come at: that of a round trip, with some for what it varies by and for what is
 * being verified. So the window grows while the speed does, and what waits in front of a full line stays short: a seek waits for it,
 * and a line's queue that overflows costs a second (`npm run bench -- play`).
 */
const ROUND_TRIPS = 1.25;
const PROCESSING_MS = 20;
/** Until the first response has come. */
const FIRST_ROUND_TRIP_MS = 100;
/** Over how long speed is measured, in milliseconds. */
const SAMPLE_MS = 100;
/** What is left of an earlier speed after a slower sample. */
const DECAY = 0.8;

/** Flow control from the viewer's side: how much payload the peer may send. */
export interface Credit {
  /** Counts payload that came; false when it is more than was granted. */
  receive(bytes: number): boolean;
  /** Counts payload that was used or thrown away, and grants more once a quarter of the window is free. */
  consume(bytes: number): void;
  /** Says how long a response took; the shortest is the round trip. */
  answered(afterMs: number): void;
  receivedBytes(): number;
  grantedBytes(): number;
}

export interface CreditOptions {
  /** Payload that may be on its way; it follows the speed unless given. */
  windowBytes?: number | undefined;
  grant(totalBytes: number): void;
  /** In milliseconds. */
  now?: () => number;
}

export function createCredit({ windowBytes, grant, now = () => performance.now() }: CreditOptions): Credit {
  let received = 0;
  let consumed = 0;
  let granted = 0;
  let sampledAt = now();
  let sampledBytes = 0;
  let bytesPerMs = 0;
  let roundTripMs = Number.POSITIVE_INFINITY;

  const sample = (bytes: number) => {
    sampledBytes += bytes;
    const elapsed = now() - sampledAt;
    if (elapsed < SAMPLE_MS) return;
    bytesPerMs = Math.max(sampledBytes / elapsed, bytesPerMs * DECAY ** (elapsed / SAMPLE_MS));
    sampledBytes = 0;
    sampledAt += elapsed;
  };
  const window = () => {
    if (windowBytes !== undefined) return windowBytes;
    const length = roundTripMs === Number.POSITIVE_INFINITY ? FIRST_ROUND_TRIP_MS : roundTripMs;
    return Math.min(MAX_WINDOW_BYTES, MIN_WINDOW_BYTES + bytesPerMs * (length * ROUND_TRIPS + PROCESSING_MS));
  };

  return {
    receive(bytes) {
      received += bytes;
      return received <= granted;
    },
    consume(bytes) {
      consumed += bytes;
      sample(bytes);
      const size = Math.floor(window());
      if (consumed + size - granted < size / 4) return;
      granted = consumed + size;
      grant(granted);
    },
    answered(afterMs) {
      roundTripMs = Math.min(roundTripMs, afterMs);
    },
    receivedBytes: () => received,
    grantedBytes: () => granted,
  };
}
