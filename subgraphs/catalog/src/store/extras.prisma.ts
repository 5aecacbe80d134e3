import type { Database, Prisma } from '@giggityflix/prisma';
import { workId } from '../titles/identity.ts';
import { inChunks } from './chunks.ts';
import { MAX_EXTRAS_PER_QUERY } from './limits.ts';
import type { createRows } from './rows.ts';
import type { CatalogReads } from './store.ts';

/** Reads the extras of titles. Those of a whole show are those of each of its episodes. */
export function createExtrasReader(
  { client }: Database,
  { toTitles }: Pick<ReturnType<typeof createRows>, 'toTitles'>,
  seen: Prisma.TitleWhereInput[],
): CatalogReads['extrasOfTitles'] {
  return async (titleIds) => {
    const episodes = await inChunks(titleIds, (some) =>
      client.title.findMany({
        where: { id: { in: some }, kind: 'EPISODE' },
        select: { id: true, name: true, year: true },
      }),
    );
    const byShow = Map.groupBy(episodes, workId);
    const orderBy = [{ sortKey: 'asc' as const }, { id: 'asc' as const }];
    const own = await inChunks(titleIds, (some) =>
      client.title.findMany({
        where: { AND: [{ parentId: { in: some } }, ...seen] },
        orderBy,
        take: MAX_EXTRAS_PER_QUERY,
      }),
    );
    const ofShows = await inChunks([...byShow.keys()], (some) =>
      client.title.findMany({
        where: { AND: [{ extraOfId: { in: some }, parentId: { not: null } }, ...seen] },
        orderBy,
        take: MAX_EXTRAS_PER_QUERY,
      }),
    );
    const isOwn = (row: { extraOfId: string | null }) => !byShow.has(row.extraOfId ?? '');
    return [
      ...own
        .filter(isOwn)
        .flatMap((row) => toTitles([row]).map((extra) => ({ titleId: row.parentId as string, extra }))),
      ...ofShows.flatMap((row) => {
        // A film of that name has them for itself.
        const owners = row.parentId === row.extraOfId ? [] : (byShow.get(row.extraOfId ?? '') ?? []);
        return toTitles([row]).flatMap((extra) => owners.map(({ id }) => ({ titleId: id, extra })));
      }),
    ];
  };
}
