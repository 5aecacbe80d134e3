import { type Database, Prisma } from '@giggityflix/prisma';
import { behind, ORDERS } from './orders.ts';
import type { SortedPosition, TitleSort } from './store.ts';

/** Lists of titles in an order that is asked for. */
export function createSortedPages({ client }: Database) {
  return {
    /** Ids of titles `t` for which the conditions, at least one, hold. */
    async ids(
      list: { sort: TitleSort; after: SortedPosition | null; among: readonly Prisma.Sql[] },
      limit: number,
    ): Promise<string[]> {
      const { sort, after, among } = list;
      const where = [...among, ...(after ? [behind(after)] : [])];
      const rows = await client.$queryRaw<{ id: string }[]>`SELECT t."id" FROM "Title" t
        WHERE ${Prisma.join(where, ' AND ')} ORDER BY ${ORDERS[sort].by} LIMIT ${limit}`;
      return rows.map(({ id }) => id);
    },
  };
}
