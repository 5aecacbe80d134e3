import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMOTION_LIMITS, type DemotionLimits, type DemotionStore } from './demotions.ts';

const peers = (count: number) => Array.from({ length: count }, () => `peer-${randomUUID()}`);
const account = () => randomUUID();

/** What every demotion store keeps to. `open` gives an empty store each time. */
export function describeDemotionStore(
  name: string,
  connect: () => Promise<{ open(limits: DemotionLimits): DemotionStore; close(): Promise<void> }>,
): void {
  describe(name, () => {
    let open: (limits?: Partial<DemotionLimits>) => DemotionStore;
    let close: () => Promise<void>;
    beforeAll(async () => {
      const connected = await connect();
      open = (limits) => connected.open({ ...DEMOTION_LIMITS, ...limits });
      close = connected.close;
    });
    afterAll(() => close?.());
    const report = (store: DemotionStore, peerId: string, by = account()) =>
      store.report({ peerId, account: by, reason: 'not_proven' });

    const isDemoted = async (store: DemotionStore, peerId: string) =>
      (await store.list()).some((peer) => peer.peerId === peerId);

    it('demotes who is reported, and nobody else', async () => {
      const store = open();
      const [liar = '', other = ''] = peers(2);
      expect(await isDemoted(store, liar)).toBe(false);
      expect(await report(store, liar)).toBe('demoted');
      expect([await isDemoted(store, liar), await isDemoted(store, other)]).toEqual([true, false]);
      expect(await store.count()).toBe(1);
    });

    it('lists each with its reason, its time and how many accounts reported it', async () => {
      const store = open({ accountsPerPeer: 3 });
      const [liar = '', other = ''] = peers(2);
      const twice = account();
      for (const by of [twice, twice, account()]) await report(store, liar, by);
      const [first] = await store.list();
      expect(first).toEqual({
        peerId: liar,
        reason: 'not_proven',
        since: expect.any(Number),
        until: expect.any(Number),
        accounts: 2,
      });
      expect(first!.until - first!.since).toBeGreaterThanOrEqual(DEMOTION_LIMITS.demotionMs);
      for (let n = 0; n < 5; n += 1) await report(store, other);
      const listed = await store.list();
      expect(new Map(listed.map(({ peerId, accounts }) => [peerId, accounts]))).toEqual(
        new Map([
          [liar, 2],
          [other, 3],
        ]),
      );
      expect(listed.find(({ peerId }) => peerId === liar)?.since).toBe(first!.since);
    });

    it('counts so many reports of one account, and no more', async () => {
      const store = open({ reportsPerAccount: 3 });
      const [one, two, three, four = ''] = peers(4);
      const hostile = account();
      for (const peerId of [one, two, three]) expect(await report(store, peerId!, hostile)).toBe('demoted');
      expect(await report(store, four, hostile)).toBe('ignored');
      expect(await isDemoted(store, four)).toBe(false);
      expect(await report(store, four)).toBe('demoted');
    });

    it('counts reports anew when their time is over', async () => {
      const store = open({ reportsPerAccount: 1, reportWindowMs: 50 });
      const [peerId = ''] = peers(1);
      const by = account();
      expect(await report(store, peerId, by)).toBe('demoted');
      await expect.poll(() => report(store, peerId, by), { timeout: 60_000 }).toBe('demoted');
    }, 120_000);

    it('forgets a demotion when its time is over', async () => {
      const store = open({ demotionMs: 50 });
      const [peerId = ''] = peers(1);
      await report(store, peerId);
      await expect.poll(() => isDemoted(store, peerId), { timeout: 60_000 }).toBe(false);
      await expect.poll(() => store.count(), { timeout: 60_000 }).toBe(0);
      expect([await store.list(), await store.ids(1)]).toEqual([[], []]);
      await report(store, peerId);
      for (const { accounts } of await store.list()) expect(accounts).toBe(1);
    }, 120_000);

    it('stores a bounded number of peers, those that were reported last', async () => {
      const store = open({ peers: 3 });
      const reported = peers(5);
      for (const peerId of reported) {
        await report(store, peerId);
        const { until = 0 } = (await store.list()).find((peer) => peer.peerId === peerId) ?? {};
        // The next one ends later by the store's clock.
        await expect.poll(() => Date.now() + DEMOTION_LIMITS.demotionMs > until + 1).toBe(true);
      }
      expect(await store.count()).toBe(3);
      const latest = reported.slice(-3).reverse();
      expect(await store.ids(400)).toEqual(latest);
      expect(await store.ids(2)).toEqual(latest.slice(0, 2));
      expect((await store.list(2)).map(({ peerId }) => peerId)).toEqual(latest.slice(0, 2));
      expect((await store.list()).map(({ peerId }) => peerId)).toEqual(latest);
      expect(await isDemoted(store, reported[0]!)).toBe(false);
    });
  });
}
