import { OUTBOX_LEASE_MS } from '@giggityflix/state';
import { describeOutbox } from '@giggityflix/state/compliance';
import { describe } from 'vitest';
import { ADAPTERS } from '../../testing/adapters.ts';
import { catalogUpdate, connection, file } from '../../testing/fixtures.ts';

for (const { name, skip, create } of ADAPTERS)
  describe.skipIf(skip)('the outbox of the tracker', () => {
    describeOutbox(`on ${name}`, async () => {
      let time = Date.now();
      const under = await create();
      const one = await under.open({ now: () => time });
      const other = await under.open({ now: () => time });
      let appended = 0;
      return {
        one: one.outbox,
        other: other.outbox,
        async append() {
          // Shares a file and no longer shares it, in turn.
          const catalogIds = appended % 2 === 0 ? [file(1)] : [];
          appended += 1;
          const update = { peerId: 'peer-1', connectionId: connection(1), catalogIds, isFull: true };
          await one.registry.catalogUpdated(catalogUpdate(update));
        },
        async expireLeases() {
          time += OUTBOX_LEASE_MS;
          await under.expireLeases();
        },
        close: under.close,
      };
    });
  });
