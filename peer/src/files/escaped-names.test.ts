import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromBytes, isEscaped, toBytes, toPath } from './escaped-names.ts';

it('a name that is not UTF-8 is shown with its bytes escaped', () => {
  expect(fromBytes(Buffer.from('Am\xe9lie (2001).mkv', 'latin1'))).toBe('Am\\xE9lie (2001).mkv');
  expect(fromBytes(Buffer.from('Amélie (2001).mkv'))).toBe('Amélie (2001).mkv');
  expect(toPath('Amélie (2001).mkv')).toBe('Amélie (2001).mkv');
  expect(toPath('Am\\xE9lie.mkv')).toEqual(Buffer.from('Am\xe9lie.mkv', 'latin1'));
});

it('every name has one text, and the text gives its bytes', () => {
  const piece = fc.oneof(
    fc.uint8Array({ min: 1, minLength: 1, maxLength: 4 }),
    fc.constantFrom('\\', '\\x', '\\xE9', '\\x5C', 'é', 'E9').map((text) => Buffer.from(text)),
  );
  const names = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => Buffer.concat(pieces));
  fc.assert(
    fc.property(names, names, (one, other) => {
      const text = fromBytes(one);
      expect(toBytes(text).equals(one)).toBe(true);
      expect(isEscaped(text) || text === one.toString('utf8')).toBe(true);
      if (!one.equals(other)) expect(fromBytes(other)).not.toBe(text);
    }),
  );
});

it('an escape leads nowhere that its text does not: neither up nor into another folder', () => {
  for (const text of ['\\x2E\\x2E\\x2Fsecret', '\\x00', '\\x2f']) expect(toBytes(text).toString()).toBe(text);
});
