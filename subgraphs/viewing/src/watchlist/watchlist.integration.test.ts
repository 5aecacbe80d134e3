import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import { realPostgres } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHistoryDatabase } from '../history/database.ts';
import { createPrismaWatchlist } from './watchlist.prisma.ts';
import { WatchlistFull } from './watchlist.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewing-watchlist-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const postgres = await realPostgres();
const logger = createLogger({ service: 'test', level: 'silent' });

function describeWatchlist(name: string, url: string) {
  describe(name, () => {
    const database = createHistoryDatabase({ url, logger });
    const watchlist = createPrismaWatchlist(database, { maxEntries: 5 });
    beforeAll(() => database.start());
    afterAll(() => database.stop());
    const newOwner = () => ({ userId: randomUUID(), profileId: 'p1' });
    const at = (second: number) => new Date(1_700_000_000_000 + second * 1_000);
    const idsOf = async (owner: ReturnType<typeof newOwner>) =>
      (await watchlist.list(owner, { first: 100, after: null })).map(({ catalogId }) => catalogId);

    it('lists what was added, the latest first, each once', async () => {
      const owner = newOwner();
      await watchlist.add(owner, 'a', at(1));
      await watchlist.add(owner, 'b', at(2));
      await watchlist.add(owner, 'a', at(3));
      expect(await watchlist.list(owner, { first: 100, after: null })).toEqual([
        { catalogId: 'b', addedAt: at(2) },
        { catalogId: 'a', addedAt: at(1) },
      ]);
    });

    it('goes on behind an entry, also among those of one moment, and after that one is gone', async () => {
      const owner = newOwner();
      for (const id of ['b', 'd', 'a', 'c']) await watchlist.add(owner, id, at(1));
      const [first, second] = await watchlist.list(owner, { first: 2, after: null });
      expect([first?.catalogId, second?.catalogId]).toEqual(['a', 'b']);
      await watchlist.remove(owner, ['b']);
      const rest = await watchlist.list(owner, { first: 2, after: second! });
      expect(rest.map(({ catalogId }) => catalogId)).toEqual(['c', 'd']);
    });

    it('keeps those of profiles and accounts apart', async () => {
      const owner = newOwner();
      const child = { ...owner, profileId: 'p2' };
      await watchlist.add(owner, 'a', at(1));
      await watchlist.add(child, 'b', at(1));
      expect(await idsOf(owner)).toEqual(['a']);
      expect(await watchlist.remove(child, ['a', 'x'])).toBe(0);
      expect(await idsOf(newOwner())).toEqual([]);
      const kept = async (profileId: string) =>
        [...(await watchlist.kept({ userId: owner.userId, profileId }, ['a', 'b', 'c']))].sort();
      expect([await kept('p1'), await kept('p2'), await kept('p3')]).toEqual([['a'], ['b'], []]);
      expect(await watchlist.remove(owner, ['a', 'b'])).toBe(1);
      expect([await idsOf(owner), await idsOf(child)]).toEqual([[], ['b']]);
    });

    it('forgets what profiles that are gone kept before, and makes room with it', async () => {
      const owner = newOwner();
      const [gone, shared, later] = ['gone', 'default', 'later'].map((profileId) => ({
        ...owner,
        profileId,
      }));
      for (const id of ['a', 'b']) await watchlist.add(gone!, id, at(1));
      await watchlist.add(shared!, 'a', at(1));
      await watchlist.add(owner, 'a', at(1));
      await watchlist.add(later!, 'a', at(3));
      await expect(watchlist.add(owner, 'c', at(4))).rejects.toThrow(WatchlistFull);
      const other = { ...newOwner(), profileId: 'gone' };
      await watchlist.add(other, 'a', at(1));
      expect(await watchlist.forgetOthers(owner.userId, ['p1'], at(2))).toBe(2);
      expect(await watchlist.forgetOthers(owner.userId, ['p1'], at(2))).toBe(0);
      await watchlist.add(owner, 'c', at(4));
      const lists = await Promise.all([owner, gone!, shared!, later!, other].map(idsOf));
      expect(lists).toEqual([['c', 'a'], [], ['a'], ['a'], ['a']]);
    });

    it('is of so many films of an account, however many are added at once', async () => {
      const owner = newOwner();
      const child = { ...owner, profileId: 'p2' };
      for (const id of ['a', 'b']) await watchlist.add(owner, id, at(1));
      for (const id of ['a', 'b', 'c']) await watchlist.add(child, id, at(1));
      await watchlist.add(child, 'c', at(2));
      const outcomes = await Promise.allSettled(['d', 'e', 'f'].map((id) => watchlist.add(owner, id, at(2))));
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(WatchlistFull) });
      expect(await idsOf(owner)).toEqual(['a', 'b']);
      await watchlist.remove(child, ['a']);
      await watchlist.add(owner, 'd', at(3));
      expect(await idsOf(owner)).toEqual(['d', 'a', 'b']);
      await watchlist.remove(child, ['b']);
      await Promise.allSettled(['x', 'y', 'z'].map((id) => watchlist.add(owner, id, at(4))));
      expect((await idsOf(owner)).length + (await idsOf(child)).length).toBeLessThanOrEqual(5);
    });
  });
}

describeWatchlist('watchlists in SQLite', `file:${join(folder, 'history.db')}`);
describe.skipIf(postgres.skip)('with PostgreSQL', () => {
  describeWatchlist('watchlists in PostgreSQL', postgres.url);
});
