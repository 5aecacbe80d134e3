import { describe, expect, it } from 'vitest';
import { ADAPTERS } from '../../testing/adapters.ts';
import {
  CONNECTION_TIMEOUT_MS,
  catalogUpdate,
  connection,
  countsByFile,
  drain,
  file,
} from '../../testing/fixtures.ts';
import type { TrackerState } from '../state/state.ts';
import { PEER_LEASE_MS } from './transitions.redis.ts';

const ids = Array.from({ length: 6 }, (_, n) => file(n));
const [A, B, C, D, E, F] = ids as [string, string, string, string, string, string];
const peerId = 'peer-1';
const of = { peerId, edgeId: 'edge-1', connectionId: connection(1) };

/** The steps, in order; a step in which the first process crashes is done again by another one. */
const steps: { name: string; run(state: TrackerState): Promise<unknown>; counts: number[] }[] = [
  {
    name: 'a connection with a catalog',
    run: ({ registry }) => registry.connectionEstablished({ ...of, connectedAt: 0, catalogIds: [A, B, C] }),
    counts: [1, 1, 1, 0, 0, 0],
  },
  (() => {
    const update = catalogUpdate({ ...of, catalogIds: [D, E], removedCatalogIds: [A] });
    return {
      name: 'a delta',
      run: ({ registry }: TrackerState) => registry.catalogUpdated(update),
      counts: [0, 1, 1, 1, 1, 0],
    };
  })(),
  (() => {
    const update = catalogUpdate({ ...of, catalogIds: [A, E, F], isFull: true });
    return {
      name: 'a full update',
      run: ({ registry }: TrackerState) => registry.catalogUpdated(update),
      counts: [1, 0, 0, 0, 1, 1],
    };
  })(),
  {
    name: 'a close',
    run: ({ registry }) => registry.connectionClosed({ ...of, replaced: false }),
    counts: [0, 0, 0, 0, 0, 0],
  },
];
const COUNTS = [
  [A, [1, 0, 1, 0]],
  [B, [1, 0]],
  [C, [1, 0]],
  [D, [1, 0]],
  [E, [1, 0]],
  [F, [1, 0]],
] as const;

class Crash extends Error {}

for (const { name, skip, create } of ADAPTERS.filter((adapter) => adapter.name !== 'embedded')) {
  describe.skipIf(skip)(`a process that crashes between two writes, on ${name}`, () => {
    it('has its work completed by the redelivery, wherever it crashed', async () => {
      let crashes = 0;
      for (let fatal = 0; ; fatal += 1) {
        const under = await create();
        let time = Date.now();
        let points = 0;
        const failing = await under.open({
          now: () => time,
          faultPoint: () => {
            points += 1;
            if (points > fatal) throw new Crash();
          },
        });
        const survivor = await under.open({ now: () => time });
        let crashed = false;
        for (const step of steps) {
          if (!crashed) {
            crashed = await step.run(failing).then(
              () => false,
              (error) => error instanceof Crash,
            );
            if (!crashed) continue;
            crashes += 1;
            // What the crashed process had sent arrives before the redelivery, which comes after its lease.
            await failing.registry.countPeers(ids);
            time += PEER_LEASE_MS;
          }
          await step.run(survivor);
          expect(await survivor.registry.countPeers(ids), `${step.name}, point ${fatal}`).toEqual(
            step.counts,
          );
        }
        const counts = countsByFile(await drain(survivor.outbox));
        expect(Object.fromEntries(counts), `point ${fatal}`).toEqual(Object.fromEntries(COUNTS));
        await under.close();
        if (!crashed) break;
      }
      expect(crashes).toBeGreaterThan(12);
    });

    it('has an expiry completed by the repair of another process', async () => {
      const under = await create();
      let time = Date.now();
      let isFatal = false;
      const failing = await under.open({
        now: () => time,
        faultPoint: (point) => {
          if (isFatal && point === 'after a shard') throw new Crash();
        },
      });
      const survivor = await under.open({ now: () => time });
      await survivor.registry.connectionEstablished({ ...of, connectedAt: 0, catalogIds: ids });
      time += CONNECTION_TIMEOUT_MS;
      isFatal = true;
      await expect(failing.registry.expireDue(10)).rejects.toThrow(Crash);
      await survivor.registry.repair();
      time += PEER_LEASE_MS;
      await survivor.registry.repair();
      expect(await survivor.registry.countPeers(ids)).toEqual([0, 0, 0, 0, 0, 0]);
      const counts = countsByFile(await drain(survivor.outbox));
      expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(ids.map((id) => [id, [1, 0]])));
      await under.close();
    });

    it('waits for a running process that changes the same peer', async () => {
      const under = await create();
      const [one, two] = [await under.open({}), await under.open({})];
      await one.registry.connectionEstablished({ ...of, connectedAt: 0, catalogIds: [] });
      await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          (n % 2 ? one : two).registry.catalogUpdated(
            catalogUpdate({
              ...of,
              catalogIds: [ids[n % 6] as string],
              position: { source: `${n}`, offset: '0', timestamp: 0 },
            }),
          ),
        ),
      );
      expect(await one.registry.countPeers(ids)).toEqual([1, 1, 1, 1, 1, 1]);
      const counts = countsByFile([...(await drain(one.outbox)), ...(await drain(two.outbox))]);
      expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(ids.map((id) => [id, [1]])));
      await under.close();
    });
  });
}
