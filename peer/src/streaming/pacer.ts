import type { RtcChannel } from '../webrtc/rtc.ts';

/** Bounds of what may wait in the channel. Chromium closes a channel that holds more than 16 MiB. */
const MIN_BUFFERED_BYTES = 128 * 1_024;
const MAX_BUFFERED_BYTES = 1 * 1_024 * 1_024;
/** What waits in the channel is sent after a seek all the same, so it is kept to this much time. */
const BUFFERED_SECONDS = 0.15;

/** Keeps the send buffer of one channel short, whatever the speed of the line. */
export interface Pacer {
  /** To be called after each message; resolves when the next may be sent. */
  sent(): Promise<void> | void;
}

/** The limit follows the speed at which the buffer empties. */
export function createPacer(channel: Pick<RtcChannel, 'bufferedAmount' | 'drained'>): Pacer {
  let limit = MIN_BUFFERED_BYTES;

  const drain = async (before: number) => {
    const since = performance.now();
    await channel.drained(limit / 2);
    const seconds = (performance.now() - since) / 1_000;
    const bytesPerSecond = (before - channel.bufferedAmount()) / Math.max(seconds, 0.001);
    limit = Math.min(MAX_BUFFERED_BYTES, Math.max(MIN_BUFFERED_BYTES, bytesPerSecond * BUFFERED_SECONDS));
  };

  return {
    sent() {
      const waiting = channel.bufferedAmount();
      if (waiting > limit) return drain(waiting);
    },
  };
}
