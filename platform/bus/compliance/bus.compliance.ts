import { describe } from 'vitest';
import { broadcast } from './broadcast.ts';
import { deadLetters } from './dead-letters.ts';
import { groups } from './groups.ts';
import { operations } from './operations.ts';
import { order } from './order.ts';
import { publishing } from './publishing.ts';
import { stopping } from './stopping.ts';
import { type BusUnderTest, createComplianceSuite } from './suite.ts';
import { takeover } from './takeover.ts';

const GUARANTEES = [publishing, order, deadLetters, groups, takeover, broadcast, stopping, operations];

/** The guarantees of the bus (`bus.ts`), which every adapter gives. `takeoverMs`: how soon a killed member is replaced. */
export function busCompliance(
  name: string,
  setUp: () => Promise<BusUnderTest>,
  limits: { takeoverMs: number },
): void {
  describe(`${name} gives the guarantees of the bus`, () => {
    const suite = createComplianceSuite(setUp, limits);
    for (const guarantee of GUARANTEES) guarantee(suite);
  });
}
