import { expect, it } from 'vitest';
import { createRetryBudget } from './retry-budget.ts';

it('the retry budget allows a tenth of the requests beyond its reserve', () => {
  const budget = createRetryBudget({ ratio: 0.1, reserve: 10, most: 100 });
  for (let n = 0; n < 10; n++) expect(budget.spend()).toBe(true);
  expect(budget.spend()).toBe(false);
  for (let n = 0; n < 11; n++) budget.earn();
  expect([budget.spend(), budget.spend()]).toEqual([true, false]);
});
