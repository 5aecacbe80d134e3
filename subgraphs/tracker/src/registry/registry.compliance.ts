import { describe } from 'vitest';
import type { StateUnderTest } from '../../testing/fixtures.ts';
import { catalogsCompliance } from './registry.catalogs.compliance.ts';
import { checksCompliance } from './registry.checks.compliance.ts';
import { connectionsCompliance } from './registry.connections.compliance.ts';
import { expiryCompliance } from './registry.expiry.compliance.ts';
import { queriesCompliance } from './registry.queries.compliance.ts';
import { turnsCompliance } from './registry.turns.compliance.ts';

/** The guarantees of the registry, which every adapter gives. */
export function registryCompliance(name: string, create: () => Promise<StateUnderTest>, skip: boolean): void {
  describe.skipIf(skip)(`the registry on ${name}`, () => {
    catalogsCompliance(create);
    checksCompliance(create);
    connectionsCompliance(create);
    expiryCompliance(create);
    queriesCompliance(create);
    turnsCompliance(create);
  });
}
