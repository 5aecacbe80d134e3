import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogIdToBuffer } from './catalog-id.node.ts';
import { catalogIdFromBytes, catalogIdToBytes, parseCatalogId } from './catalog-id.ts';

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('a catalog id', () => {
  it('is the same after a way over bytes, in Node and in a browser', () => {
    fc.assert(
      fc.property(bytes, (raw) => {
        const id = catalogIdFromBytes(raw)!;
        expect(id).toBe(Buffer.from(raw).toString('hex'));
        expect(parseCatalogId(id)).toBe(id);
        expect(catalogIdToBytes(id)).toEqual(raw);
        expect(new Uint8Array(catalogIdToBuffer(id))).toEqual(raw);
      }),
    );
  });

  it('is not of another number of bytes', () => {
    for (const length of [0, 20, 31, 33, 64]) expect(catalogIdFromBytes(new Uint8Array(length))).toBeNull();
  });

  it.each([
    'ab'.repeat(31),
    'AB'.repeat(32),
    `${'ab'.repeat(32)}\n`,
    ` ${'ab'.repeat(32)}`,
    `0x${'ab'.repeat(31)}`,
    'xy'.repeat(32),
    '',
    null,
    undefined,
    12,
  ])('is not %j', (text) => {
    expect(parseCatalogId(text)).toBeNull();
  });
});
