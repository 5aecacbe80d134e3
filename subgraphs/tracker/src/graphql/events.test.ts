import { expect, it } from 'vitest';
import { createSequenceFilter } from './events.ts';

it('lets each sequence of a key through once, and none that is older', () => {
  const isNew = createSequenceFilter();
  expect(['1', '2', '2', '1', '3'].map((sequence) => isNew('a', sequence))).toEqual([
    true,
    true,
    false,
    false,
    true,
  ]);
  expect(isNew('b', '1')).toBe(true);
  expect([isNew('a'), isNew('a')]).toEqual([true, true]);
});

it('keeps a bounded number of keys', () => {
  const isNew = createSequenceFilter(2);
  for (const key of ['a', 'b', 'c']) isNew(key, '5');
  expect(isNew('c', '5')).toBe(false);
  expect(isNew('a', '5')).toBe(true);
});
