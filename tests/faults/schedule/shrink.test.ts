import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shrink } from './shrink.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const needs = (wanted: readonly number[]) => async (part: readonly number[]) =>
  wanted.every((item) => part.includes(item));

describe('shrinking what failed', () => {
  it('leaves what the failure needs, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 4, max: 30 })
          .chain((count) =>
            fc.tuple(fc.constant(count), fc.subarray(numbers(count), { minLength: 1, maxLength: 4 })),
          ),
        async ([count, wanted]) => {
          const { smallest, isMinimal } = await shrink(numbers(count), needs(wanted), 10_000);
          expect(smallest).toEqual(wanted);
          expect(isMinimal).toBe(true);
        },
      ),
    );
  });

  it('stops after the attempts it has, with a part that fails', async () => {
    let asked = 0;
    const wanted = [3, 17];
    const { smallest, isMinimal, attempts } = await shrink(
      numbers(20),
      async (part) => {
        asked += 1;
        return needs(wanted)(part);
      },
      4,
    );
    expect(asked).toBe(4);
    expect(attempts).toBe(4);
    expect(isMinimal).toBe(false);
    expect(smallest).toEqual(expect.arrayContaining(wanted));
  });
});
