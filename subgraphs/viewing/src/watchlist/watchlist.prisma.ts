import type { HistoryDatabase } from '../history/database.ts';
import { MAX_ENTRIES, SHARED_PROFILE, type Watchlist, WatchlistFull } from './watchlist.ts';

/** The watchlists in PostgreSQL or SQLite. */
export function createPrismaWatchlist(
  { ask }: Pick<HistoryDatabase, 'ask'>,
  { maxEntries = MAX_ENTRIES }: { maxEntries?: number } = {},
): Watchlist {
  return {
    async add(owner, catalogId, at) {
      const key = { ...owner, catalogId };
      const isTooMuch = await ask(async ({ watchlistEntry }) => {
        const where = { userId_profileId_catalogId: key };
        if (await watchlistEntry.findUnique({ where })) return false;
        await watchlistEntry.upsert({ where, create: { ...key, addedAt: at }, update: {} });
        // Counted with it, so that several at once are never more together.
        if ((await watchlistEntry.count({ where: { userId: owner.userId } })) <= maxEntries) return false;
        await watchlistEntry.deleteMany({ where: key });
        return true;
      });
      if (isTooMuch) throw new WatchlistFull();
    },
    async remove(owner, catalogIds) {
      const { count } = await ask(({ watchlistEntry }) =>
        watchlistEntry.deleteMany({ where: { ...owner, catalogId: { in: [...catalogIds] } } }),
      );
      return count;
    },
    list: (owner, { first, after }) =>
      ask(({ watchlistEntry }) =>
        watchlistEntry.findMany({
          where: {
            ...owner,
            ...(after && {
              OR: [
                { addedAt: { lt: after.addedAt } },
                { addedAt: after.addedAt, catalogId: { gt: after.catalogId } },
              ],
            }),
          },
          orderBy: [{ addedAt: 'desc' }, { catalogId: 'asc' }],
          take: first,
          select: { catalogId: true, addedAt: true },
        }),
      ),
    async kept(owner, catalogIds) {
      const rows = await ask(({ watchlistEntry }) =>
        watchlistEntry.findMany({
          where: { ...owner, catalogId: { in: [...catalogIds] } },
          select: { catalogId: true },
        }),
      );
      return new Set(rows.map(({ catalogId }) => catalogId));
    },
    async forgetOthers(userId, profileIds, before) {
      const kept = [...profileIds, SHARED_PROFILE];
      const { count } = await ask(({ watchlistEntry }) =>
        watchlistEntry.deleteMany({
          where: { userId, profileId: { notIn: kept }, addedAt: { lt: before } },
        }),
      );
      return count;
    },
  };
}
