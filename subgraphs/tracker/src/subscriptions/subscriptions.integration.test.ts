import { expect, it } from 'vitest';
import { ADAPTERS } from '../../testing/adapters.ts';
import { file } from '../../testing/fixtures.ts';
import { subscriptionCompliance } from './subscriptions.compliance.ts';
import { catalogIdOf, subscriptionId } from './subscriptions.ts';

for (const { name, skip, create } of ADAPTERS) subscriptionCompliance(name, create, skip);

it('finds the catalog id in the id of a subscription', () => {
  const id = subscriptionId('0198a000-0000-7000-8000-000000000000', file(1));
  expect(catalogIdOf(id)).toBe(file(1));
  expect(catalogIdOf(id.slice(1))).toBeNull();
  expect(catalogIdOf('x'.repeat(10_000))).toBeNull();
});
