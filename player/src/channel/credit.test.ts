import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCredit } from './credit.ts';

const PIECE = 262_144;
const MEBIBYTE = 1_024 * 1_024;

/** A credit on a clock of its own, and what it has granted last. */
function start(windowBytes?: number) {
  const state = { now: 0, granted: 0, grants: 0 };
  const credit = createCredit({
    windowBytes,
    now: () => state.now,
    grant(totalBytes) {
      state.granted = totalBytes;
      state.grants += 1;
    },
  });
  credit.consume(0);
  return { credit, state };
}

describe('the credit of a viewer', () => {
  it('follows the speed at which pieces are taken over a round trip, and forgets it', () => {
    const { credit, state } = start();
    credit.answered(200);
    credit.answered(900);
    let consumed = 0;
    const take = (pieces: number, everyMs: number) => {
      for (let i = 0; i < pieces; i += 1) {
        state.now += everyMs;
        consumed += PIECE;
        credit.receive(PIECE);
        credit.consume(PIECE);
      }
      return state.granted - consumed;
    };
    expect(state.granted).toBe(MEBIBYTE / 2);
    const slow = take(40, 500);
    expect(slow).toBeLessThan(MEBIBYTE);
    const fast = take(400, 10);
    expect(fast).toBeGreaterThan(4 * MEBIBYTE);
    expect(fast).toBeLessThanOrEqual(8 * MEBIBYTE);
    expect(take(60, 500)).toBeLessThan(MEBIBYTE);
  });

  it('always leaves room for the next piece, and never takes back what it granted', () => {
    const steps = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: PIECE }), ms: fc.nat(2_000) }));
    fc.assert(
      fc.property(steps, fc.option(fc.integer({ min: PIECE * 2, max: 8 * MEBIBYTE })), (taken, size) => {
        const { credit, state } = start(size ?? undefined);
        let consumed = 0;
        for (const { bytes, ms } of taken) {
          state.now += ms;
          const before = state.granted;
          expect(credit.receive(bytes)).toBe(true);
          credit.consume(bytes);
          consumed += bytes;
          expect(state.granted).toBeGreaterThanOrEqual(before);
          expect(state.granted - consumed).toBeGreaterThanOrEqual(PIECE);
        }
      }),
    );
  });

  it('keeps to a window that is given', () => {
    const { credit, state } = start(MEBIBYTE);
    for (let i = 1; i <= 100; i += 1) {
      state.now += 1;
      credit.receive(PIECE);
      credit.consume(PIECE);
      expect(state.granted).toBe(MEBIBYTE + i * PIECE);
    }
  });

  it('says when more came than was granted', () => {
    const { credit } = start(PIECE * 2);
    expect(credit.receive(PIECE * 2)).toBe(true);
    expect(credit.receive(1)).toBe(false);
  });
});
