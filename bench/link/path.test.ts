import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPath, HEADER_BYTES, type PathProfile } from './path.ts';
import { createRandom } from './random.ts';

const profile = (changes: Partial<PathProfile> = {}): PathProfile => ({
  delayMs: 25,
  jitterMs: 0,
  loss: 0,
  bytesPerSecond: null,
  queueBytes: 100_000,
  ...changes,
});

/** Datagrams as they are offered: how long after the one before, and how long they are. */
const datagrams = fc.array(
  fc.record({
    afterMs: fc.double({ min: 0, max: 20, noNaN: true }),
    bytes: fc.integer({ min: 1, max: 1_472 }),
  }),
  { minLength: 1, maxLength: 200 },
);
const someProfile = fc.record({
  delayMs: fc.double({ min: 0, max: 200, noNaN: true }),
  jitterMs: fc.double({ min: 0, max: 50, noNaN: true }),
  loss: fc.double({ min: 0, max: 0.9, noNaN: true }),
  bytesPerSecond: fc.option(fc.integer({ min: 10_000, max: 100_000_000 })),
  queueBytes: fc.integer({ min: 1_500, max: 1_000_000 }),
});

/** Offers datagrams on a clock of its own. */
function run(chosen: PathProfile, offered: { afterMs: number; bytes: number }[], seed = 1) {
  const path = createPath(chosen, createRandom(seed));
  let now = 0;
  return offered.map(({ afterMs, bytes }) => {
    now += afterMs;
    return { sentAt: now, bytes, arrivesAt: path.offer(bytes, now) };
  });
}

describe('a path of the link emulator', () => {
  it('delays by what it is long and varies, and keeps the order', () => {
    fc.assert(
      fc.property(someProfile, datagrams, (chosen, offered) => {
        let last = Number.NEGATIVE_INFINITY;
        for (const { sentAt, arrivesAt } of run(chosen, offered)) {
          if (arrivesAt === null) continue;
          expect(arrivesAt).toBeGreaterThanOrEqual(sentAt + chosen.delayMs);
          expect(arrivesAt).toBeGreaterThanOrEqual(last);
          last = arrivesAt;
        }
      }),
    );
  });

  it('delays by exactly that where nothing varies and nothing waits', () => {
    fc.assert(
      fc.property(datagrams, fc.integer({ min: 0, max: 500 }), (offered, delayMs) => {
        for (const { sentAt, arrivesAt } of run(profile({ delayMs }), offered))
          expect(arrivesAt).toBe(sentAt + delayMs);
      }),
    );
  });

  it('never carries more than its rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 10_000_000 }), datagrams, (bytesPerSecond, offered) => {
        let bytes = 0;
        for (const one of run(profile({ bytesPerSecond, delayMs: 0 }), offered)) {
          if (one.arrivesAt === null) continue;
          bytes += one.bytes + HEADER_BYTES;
          // All that arrived has passed the line since the first was offered.
          const first = offered[0]?.afterMs as number;
          expect(((one.arrivesAt - first) / 1_000) * bytesPerSecond).toBeGreaterThanOrEqual(
            bytes * (1 - 1e-9),
          );
        }
      }),
    );
  });

  it('carries its whole rate to who offers more', () => {
    const bytesPerSecond = 1_000_000;
    const offered = Array.from({ length: 20_000 }, () => ({ afterMs: 0.5, bytes: 1_000 }));
    const arrived = run(profile({ bytesPerSecond }), offered).filter(({ arrivesAt }) => arrivesAt !== null);
    const seconds = ((arrived.at(-1)?.arrivesAt as number) - 25) / 1_000;
    const carried = arrived.length * (1_000 + HEADER_BYTES);
    expect(carried / seconds / bytesPerSecond).toBeCloseTo(1, 2);
  });

  it('holds no more than its queue does, and drops the rest', () => {
    fc.assert(
      fc.property(someProfile, datagrams, (chosen, offered) => {
        const { bytesPerSecond, queueBytes } = chosen;
        if (bytesPerSecond === null) return;
        const longest = ((queueBytes + 1_500) / bytesPerSecond) * 1_000;
        for (const { sentAt, arrivesAt } of run({ ...chosen, jitterMs: 0 }, offered))
          if (arrivesAt !== null)
            expect(arrivesAt - sentAt - chosen.delayMs).toBeLessThanOrEqual(longest * (1 + 1e-9));
      }),
    );
    const burst = Array.from({ length: 100 }, () => ({ afterMs: 0, bytes: 972 }));
    const kept = run(profile({ bytesPerSecond: 1_000, queueBytes: 10_000 }), burst).filter(
      ({ arrivesAt }) => arrivesAt !== null,
    );
    expect(kept).toHaveLength(10);
  });

  it('loses the part it is to lose', () => {
    const offered = Array.from({ length: 100_000 }, () => ({ afterMs: 1, bytes: 1_200 }));
    for (const loss of [0, 0.005, 0.02, 0.5]) {
      const lost = run(profile({ loss }), offered).filter(({ arrivesAt }) => arrivesAt === null).length;
      // Five standard deviations of the binomial distribution.
      const tolerance = 5 * Math.sqrt((loss * (1 - loss)) / offered.length);
      expect(Math.abs(lost / offered.length - loss)).toBeLessThanOrEqual(tolerance);
    }
  });

  it('does the same again with the same seed', () => {
    const offered = Array.from({ length: 1_000 }, () => ({ afterMs: 1, bytes: 1_200 }));
    const chosen = profile({ loss: 0.1, jitterMs: 20, bytesPerSecond: 500_000 });
    expect(run(chosen, offered, 7)).toEqual(run(chosen, offered, 7));
    expect(run(chosen, offered, 7)).not.toEqual(run(chosen, offered, 8));
  });
});
