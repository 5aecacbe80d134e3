import { describe } from 'vitest';
import { broadcast } from './compliance/broadcast.ts';
import { deadLetters } from './compliance/dead-letters.ts';
import { groups } from './compliance/groups.ts';
import { operations } from './compliance/operations.ts';
import { order } from './compliance/order.ts';
import { publishing } from './compliance/publishing.ts';
import { stopping } from './compliance/stopping.ts';
import { type BusUnderTest, createComplianceSuite } from './compliance/suite.ts';
import { takeover } from './compliance/takeover.ts';

const PROMISES = [publishing, order, deadLetters, groups, takeover, broadcast, stopping, operations];

/** The promises of the bus (`bus.ts`), to be kept by every adapter. `takeoverMs`: how soon a killed member is replaced. */
export function busCompliance(
  name: string,
  setUp: () => Promise<BusUnderTest>,
  limits: { takeoverMs: number },
): void {
  describe(`${name} keeps the promises of the bus`, () => {
    const suite = createComplianceSuite(setUp, limits);
    for (const promise of PROMISES) promise(suite);
  });
}
