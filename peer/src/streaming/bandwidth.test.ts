import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Bandwidth, createBandwidth } from './bandwidth.ts';

const forever = new AbortController().signal;
/** 1 MB/s. */
const CAP_BITS = 8_000_000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A viewer that takes messages of a size, with a pause after each. */
function viewerOf(bandwidth: Bandwidth, messageBytes: number, pauseMs = 0) {
  const share = bandwidth.join();
  const end = new AbortController();
  const viewer = { bytes: 0, paused: false, leave: () => end.abort() };
  const run = async () => {
    while (!end.signal.aborted) {
      while (viewer.paused) await new Promise((resolve) => setTimeout(resolve, 10));
      await share.take(messageBytes, end.signal);
      viewer.bytes += messageBytes;
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  run().catch(() => {});
  return viewer;
}
type Taker = ReturnType<typeof viewerOf>;

/** What each was given in some seconds. */
async function during(seconds: number, viewers: Taker[]): Promise<number[]> {
  const before = viewers.map(({ bytes }) => bytes);
  await vi.advanceTimersByTimeAsync(seconds * 1_000);
  return viewers.map(({ bytes }, index) => bytes - before[index]!);
}
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
/** Jain, Chiu and Hawe, 1984: 1 when all are equal, 1/n when one has all. */
const jain = (numbers: number[]) =>
  sum(numbers) ** 2 / (numbers.length * sum(numbers.map((number) => number * number)));
const leastOfMost = (numbers: number[]) => Math.min(...numbers) / Math.max(...numbers);

describe('a bandwidth cap', () => {
  let bandwidth: Bandwidth;
  beforeEach(() => {
    bandwidth = createBandwidth(CAP_BITS);
  });
  afterEach(() => bandwidth.stop());

  it('lets through what it allows, and no more', async () => {
    const [bytes] = await during(10, [viewerOf(bandwidth, 50_000)]);
    // At first 100 kB may go at once, and the last message may leave a debt.
    expect(bytes).toBeGreaterThan(9_900_000);
    expect(bytes).toBeLessThanOrEqual(10_150_000);
  });

  it('is shared equally by viewers whose messages differ in size', async () => {
    const shares = await during(
      10,
      [10_000, 52_429, 131_072].map((bytes) => viewerOf(bandwidth, bytes)),
    );
    expect(jain(shares)).toBeGreaterThan(0.99);
    expect(leastOfMost(shares)).toBeGreaterThan(0.95);
    expect(sum(shares)).toBeGreaterThan(9_900_000);
  });

  it('gives one who comes late an equal share from then on, and nothing for the time before', async () => {
    const early = [viewerOf(bandwidth, 50_000), viewerOf(bandwidth, 50_000)];
    await during(30, early);
    const shares = await during(10, [...early, viewerOf(bandwidth, 50_000)]);
    expect(leastOfMost(shares)).toBeGreaterThan(0.9);
  });

  it('leaves what a slow reader does not want to the others, equally', async () => {
    // 10 kB every 100 ms are a third of an equal share.
    const slow = viewerOf(bandwidth, 10_000, 100);
    const fast = [viewerOf(bandwidth, 131_072), viewerOf(bandwidth, 52_429)];
    const [little, ...rest] = await during(10, [slow, ...fast]);
    // It waits for the others' long messages beside its own pauses.
    expect(little).toBeGreaterThan(600_000);
    expect(leastOfMost(rest)).toBeGreaterThan(0.95);
    expect(little! + sum(rest)).toBeGreaterThan(9_900_000);
  });

  it('takes nothing from one whose next piece is being read when its turn comes', async () => {
    const shares = await during(10, [
      viewerOf(bandwidth, 52_429, 30),
      viewerOf(bandwidth, 52_429),
      viewerOf(bandwidth, 52_429),
    ]);
    expect(leastOfMost(shares)).toBeGreaterThan(0.9);
  });

  it('gives no more than two pieces at once to one who had paused', async () => {
    const [pausing, present] = [viewerOf(bandwidth, 10_000), viewerOf(bandwidth, 10_000)];
    pausing.paused = true;
    await during(20, [pausing, present]);
    pausing.paused = false;
    const [back, other] = await during(2, [pausing, present]);
    expect(back! - other!).toBeGreaterThan(0);
    expect(back! - other!).toBeLessThanOrEqual(600_000);
  });

  it('gives back what one had who leaves', async () => {
    const viewers = [1, 2, 3, 4].map(() => viewerOf(bandwidth, 50_000));
    await during(5, viewers);
    viewers[0]!.leave();
    const shares = await during(5, viewers);
    expect(shares[0]).toBe(0);
    expect(sum(shares)).toBeGreaterThan(4_850_000);
    expect(leastOfMost(shares.slice(1))).toBeGreaterThan(0.9);
  });

  it('forgets who gave up waiting', async () => {
    const share = bandwidth.join();
    await share.take(1_000_000, forever);
    const abort = new AbortController();
    const waiting = share.take(50_000_000, abort.signal);
    abort.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    await expect(share.take(10, abort.signal)).rejects.toThrow('cancelled');
    const other = viewerOf(bandwidth, 50_000);
    const [again] = await during(5, [viewerOf(bandwidth, 50_000), other]);
    expect(again).toBeGreaterThan(1_900_000);
  });
});

it('does not hold anyone back where there is no cap', async () => {
  const share = createBandwidth(null).join();
  const takeAll = async () => {
    for (let count = 0; count < 1_000; count += 1) await share.take(1_000_000, forever);
    return 'taken';
  };
  expect(await Promise.race([takeAll(), setImmediate('held back')])).toBe('taken');
});

it('goes on under another cap, or without one, for those who wait', async () => {
  const bandwidth = createBandwidth(8_000);
  const share = bandwidth.join();
  await share.take(1_000_000, forever);
  const waiting = share.take(1_000, forever);
  bandwidth.setLimit(null);
  await waiting;
  await share.take(1_000_000_000, forever);
  bandwidth.stop();
});
