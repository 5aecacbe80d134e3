import { expect, it } from 'vitest';
import { createRecentMap } from './recent.ts';

it('what is looked up in every period is kept, and what is not is dropped within two', () => {
  const recent = createRecentMap<string, object>(100);
  const used = recent.of('used', () => ({}));
  const unused = recent.of('unused', () => ({}));
  for (let period = 0; period < 3; period += 1) {
    recent.rotate();
    expect(recent.of('used', () => ({}))).toBe(used);
  }
  expect(recent.of('unused', () => ({}))).not.toBe(unused);
});

it('however many keys there are, no more than the most are kept', () => {
  const recent = createRecentMap<number, object>(100);
  for (let n = 0; n < 10_000; n += 1) {
    recent.of(n, () => ({}));
    expect(recent.size).toBeLessThanOrEqual(101);
  }
});
