import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from './merkle.ts';

describe('hexadecimal', () => {
  it('survives the way there and back, and refuses the rest', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
    expect(() => fromHex('abc')).toThrow(RangeError);
    expect(() => fromHex('zz')).toThrow(RangeError);
  });
});
