import { describe, expect, it } from 'vitest';
import { drain, file, type StateUnderTest } from '../../testing/fixtures.ts';
import { A, registryUnderTest } from '../../testing/registry.ts';

/** More than is published at once, and in several steps. */
const MANY = 1_000;
const library = (first: number) => Array.from({ length: MANY }, (_, n) => file(first + n));

/** Peers that change much are published in turns, and hold nobody up. */
export function turnsCompliance(create: () => Promise<StateUnderTest>): void {
  describe('large changes', () => {
    const tested = registryUnderTest(create);
    const { counts, changes, establish, full, close } = tested;
    /** What a publisher takes next: a claim covers half the shards of an outbox, where it has shards. */
    const next = async (limit: number) => {
      const entries = [];
      for (const everywhere of [true, false]) {
        const claim = await tested.state.outbox.claim({ limit, everywhere });
        await claim?.complete();
        entries.push(...(claim?.entries ?? []));
      }
      return entries;
    };

    it('are counted at once and published all, with the counts of that time', async () => {
      const ids = library(10);
      await establish(1);
      await full(1, ids);
      expect(await counts(...ids.slice(0, 3))).toEqual([1, 1, 1]);
      const published = await changes();
      expect(Object.keys(published).sort()).toEqual(ids.toSorted());
      expect(new Set(Object.values(published).flat())).toEqual(new Set([1]));
      await full(1, ids.slice(1));
      expect(await changes()).toEqual({ [ids[0] as string]: [0] });
    });

    it('come after a small one of another peer, however many there are', async () => {
      await establish(1);
      for (let peer = 2; peer < 5; peer += 1) {
        await establish(1, [], `peer-${peer}`);
        await full(1, library(peer * MANY), `peer-${peer}`);
      }
      await full(1, [A]);
      const entries = await next(128);
      expect(entries.map(({ catalogId }) => catalogId)).toContain(A);
    });

    it('are published in turns of their peers', async () => {
      const owner = new Map<string, string>();
      for (const peer of ['peer-2', 'peer-3', 'peer-4']) {
        const ids = library(MANY * owner.size + 10);
        for (const id of ids) owner.set(id, peer);
        await establish(1, [], peer);
        await full(1, ids, peer);
      }
      const entries = await next(256);
      const shares = new Map<string, number>();
      for (const { catalogId } of entries) {
        const peer = owner.get(catalogId) as string;
        shares.set(peer, (shares.get(peer) ?? 0) + 1);
      }
      expect(shares.size).toBe(3);
      expect(Math.min(...shares.values())).toBeGreaterThan(entries.length / 6);
    });

    it('are published not at all when they were taken back before', async () => {
      await establish(1);
      await full(1, library(10));
      await full(1, []);
      expect(await tested.state.outbox.size()).toBe(0);
      expect(await changes()).toEqual({});
      await full(1, library(10));
      await close(1);
      expect(await tested.state.outbox.size()).toBe(0);
      expect(await counts(...library(10).slice(0, 2))).toEqual([0, 0]);
    });

    it('leave no wrong count behind where another peer changed the same file meanwhile', async () => {
      const ids = library(10);
      const shared = ids[5] as string;
      await establish(1);
      await full(1, ids);
      await establish(1, [shared], 'peer-2');
      expect((await next(2_000)).filter(({ catalogId }) => catalogId === shared)).toMatchObject([
        { peerCount: 2 },
      ]);
      await full(1, []);
      expect((await changes())[shared]).toEqual([1]);
    });

    it('are numbered upwards with those that went at once', async () => {
      const ids = library(10);
      await establish(1);
      await full(1, ids);
      const first = await drain(tested.state.outbox);
      await full(1, ids.slice(1));
      const [second] = await drain(tested.state.outbox);
      const before = first.find(({ catalogId }) => catalogId === ids[0]);
      expect(second?.sequence.localeCompare(before?.sequence as string)).toBe(1);
    });
  });
}
