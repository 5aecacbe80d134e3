import { afterAll, beforeAll, describe } from 'vitest';
import { type OpenStore, STEADY, type Stores, TIMES } from '../../testing/sessions.ts';
import { admissionCompliance } from './store.admission.compliance.ts';
import { leasesCompliance } from './store.leases.compliance.ts';
import { outboxCompliance } from './store.outbox.compliance.ts';
import { transitionsCompliance } from './store.transitions.compliance.ts';

/** The guarantees of a session store. `open` gives a store on the same state each time it is called. */
export function describeSessionStore(name: string, open: OpenStore): void {
  describe(name, () => {
    const stores = {} as Stores;
    beforeAll(async () => {
      const [one, other, hasty] = await Promise.all([open(STEADY), open(STEADY), open(TIMES)]);
      Object.assign(stores, { one, other, hasty });
    });
    afterAll(async () => {
      await Promise.all(Object.values(stores).map((tested) => tested.close()));
    });

    admissionCompliance(stores);
    transitionsCompliance(stores);
    leasesCompliance(stores);
    outboxCompliance(stores, open);
  });
}
