import { expect, it } from 'vitest';
import { createDifferences } from './differences.ts';

const described = () => false;
const undescribed = () => true;

it('a removal goes before a library that is added, and what was added last before the rest', () => {
  const differences = createDifferences();
  for (let index = 0; index < 100; index += 1) differences.note(`bulk ${index}`, true, undescribed);
  differences.note('gone', false, described);
  differences.note('awaited', true, undescribed);
  expect(differences.take(500, 2)).toEqual({
    added: ['awaited', 'bulk 99'],
    removed: ['gone'],
    superseded: [],
  });
  expect(differences.size()).toBe(99);
});

it('what is described already is announced however much is still to be described', () => {
  const differences = createDifferences();
  for (const id of ['a', 'b', 'c', 'd']) differences.note(id, true, undescribed);
  differences.note('returned', true, described);
  differences.described('a');
  expect(differences.take(500, 1)).toEqual({ added: ['returned', 'd', 'a'], removed: [], superseded: [] });
  expect(differences.take(500, 1)).toEqual({ added: ['c'], removed: [], superseded: [] });
});

it('opposite changes that were not announced cancel each other', () => {
  const differences = createDifferences();
  differences.note('a', true, undescribed);
  differences.note('a', false, undescribed);
  differences.note('b', false, undescribed);
  differences.note('b', true, undescribed);
  expect(differences.size()).toBe(0);
});

it('keeps what never comes back until it was said, or it comes back all the same', () => {
  const differences = createDifferences();
  for (const id of ['a', 'b']) differences.supersede(id);
  differences.note('c', true, () => false);
  differences.clear();
  differences.restore('b');
  expect(differences.size()).toBe(1);
  expect(differences.take(500, 1)).toEqual({ added: [], removed: [], superseded: ['a'] });
  expect(differences.size()).toBe(0);
});
