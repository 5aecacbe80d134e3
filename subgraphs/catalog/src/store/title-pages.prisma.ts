import { type Database, Prisma } from '@giggityflix/prisma';
import { behind, ORDERS } from './orders.ts';
import type { FormerPosition, SortedPosition, TitleSort } from './store.ts';

/** Lists of titles `t` for which conditions, at least one, hold. */
export function createTitlePages({ client }: Database) {
  const idsOf = async (where: readonly Prisma.Sql[], order: Prisma.Sql, limit: number) => {
    const rows = await client.$queryRaw<{ id: string }[]>`SELECT t."id" FROM "Title" t
      WHERE ${Prisma.join([...where], ' AND ')} ORDER BY ${order} LIMIT ${limit}`;
    return rows.map(({ id }) => id);
  };
  return {
    ids: (
      { sort, after }: { sort: TitleSort; after: SortedPosition | null },
      where: readonly Prisma.Sql[],
      limit: number,
    ) => idsOf([...where, ...(after ? [behind(after)] : [])], ORDERS[sort].by, limit),
    /** In the order of names with their articles. */
    formerIds: (after: FormerPosition | null, where: readonly Prisma.Sql[], limit: number) =>
      idsOf([...where, ...behindFormer(after)], Prisma.sql`t."sortKey", t."id"`, limit),
    async count(where: readonly Prisma.Sql[]): Promise<number> {
      const [row] = await client.$queryRaw<{ count: number | bigint }[]>`
        SELECT count(*) AS "count" FROM "Title" t WHERE ${Prisma.join([...where], ' AND ')}`;
      return Number(row?.count ?? 0);
    },
  };
}

/** The first condition alone lets the database begin in the index. */
function behindFormer(after: FormerPosition | null): Prisma.Sql[] {
  if (after === null) return [];
  const { sortKey, id } = after;
  return [Prisma.sql`t."sortKey" >= ${sortKey} AND (t."sortKey" > ${sortKey} OR t."id" > ${id})`];
}
