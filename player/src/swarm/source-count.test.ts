import { expect, it } from 'vitest';
import { createSourceCount, type Supply } from './source-count.ts';

const SUPPLY: Supply = {
  now: 0,
  hasBytes: false,
  rates: [],
  active: 1,
  neededRate: 1_000,
  isStarving: false,
};

it('is one until a piece has come, then two', () => {
  const wanted = createSourceCount(6);
  expect(wanted(SUPPLY)).toBe(1);
  expect(wanted({ ...SUPPLY, hasBytes: true, rates: [500] })).toBe(2);
});

it('is as many as there may be from the start, for who wants the film as fast as can be', () => {
  expect(createSourceCount(6)({ ...SUPPLY, neededRate: Number.POSITIVE_INFINITY })).toBe(6);
});
