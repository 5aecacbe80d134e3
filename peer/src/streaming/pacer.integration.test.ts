import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPacer } from './pacer.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A channel whose buffer leaves at a given speed. */
function channelOf(bytesPerMs: number) {
  let buffered = 0;
  let at = performance.now();
  const bufferedAmount = () => {
    const now = performance.now();
    buffered = Math.max(0, buffered - (now - at) * bytesPerMs);
    at = now;
    return buffered;
  };
  return {
    bufferedAmount,
    send(bytes: number) {
      bufferedAmount();
      buffered += bytes;
    },
    async drained(bytes: number) {
      while (bufferedAmount() > bytes) await vi.advanceTimersByTimeAsync(1);
    },
  };
}

it.each([
  ['slow', 2_000, 1_000_000],
  ['fast', 100_000, 3_000_000],
])('keeps the buffer of a %s line short', async (_line, bytesPerMs, most) => {
  const channel = channelOf(bytesPerMs);
  const pacer = createPacer(channel);
  let peak = 0;
  for (let sent = 0; sent < bytesPerMs * 400; sent += 131_072) {
    channel.send(131_072);
    await pacer.sent();
    peak = Math.max(peak, channel.bufferedAmount());
  }
  expect(peak).toBeLessThan(most);
});

it('does not wait for a channel that has closed', async () => {
  const pacer = createPacer({ bufferedAmount: () => 100_000_000, drained: async () => {} });
  const sent = Promise.resolve(pacer.sent()).then(() => 'sent');
  expect(await Promise.race([sent, setImmediate('waiting')])).toBe('sent');
});
