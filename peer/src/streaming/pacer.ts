import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

/** Bytes sent between two looks at the channel: `bufferedAmount` only moves between turns of the event loop. */
const LOOK_EVERY_BYTES = 512 * 1_024;
/** Bounds of what may wait in the channel. Chromium closes a channel that holds more than 16 MiB. */
const MIN_BUFFERED_BYTES = 256 * 1_024;
const MAX_BUFFERED_BYTES = 2 * 1_024 * 1_024;
/** What waits in the channel is sent after a seek all the same, so it is kept to this much time. */
const BUFFERED_SECONDS = 0.15;
/** The library has no `bufferedamountlow` event. */
const POLL_MS = 2;

/** Keeps the send buffer of one channel short, whatever the speed of the line. */
export interface Pacer {
  /** To be called after each message; resolves when the next may be sent. */
  sent(bytes: number): Promise<void> | void;
}

/** `bufferedAmount` in bytes; `isClosed` ends the waiting. */
export function createPacer(channel: { bufferedAmount(): number }, isClosed: () => boolean): Pacer {
  let sinceLook = 0;
  let limit = MIN_BUFFERED_BYTES;

  const drain = async () => {
    await nextTurn();
    const before = channel.bufferedAmount();
    if (before <= limit) {
      limit = Math.min(MAX_BUFFERED_BYTES, limit * 2);
      return;
    }
    const since = performance.now();
    let buffered = before;
    while (buffered > limit / 2 && !isClosed()) {
      await delay(POLL_MS);
      buffered = channel.bufferedAmount();
    }
    const bytesPerSecond = (before - buffered) / ((performance.now() - since) / 1_000);
    limit = Math.min(MAX_BUFFERED_BYTES, Math.max(MIN_BUFFERED_BYTES, bytesPerSecond * BUFFERED_SECONDS));
  };

  return {
    sent(bytes) {
      sinceLook += bytes;
      if (sinceLook < Math.min(LOOK_EVERY_BYTES, limit)) return;
      sinceLook = 0;
      return drain();
    },
  };
}
