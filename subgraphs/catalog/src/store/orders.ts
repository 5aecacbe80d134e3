import { Prisma } from '@giggityflix/prisma';
import { YEAR } from './conditions.ts';
import type { SortedPosition, TitleRecord, TitleSort } from './store.ts';

interface Order<Position> {
  /** Of the titles `t`. Each has an index that gives it. */
  by: Prisma.Sql;
  behind(position: Position): Prisma.Sql;
  placeOf(title: TitleRecord): Position;
}

type Orders = { [Sort in TitleSort]: Order<Extract<SortedPosition, { sort: Sort }>> };

/** No year, for which the index has none. */
const NO_YEAR = 0;

/** The orders in which titles are listed. */
export const ORDERS: Orders = {
  NAME: {
    by: Prisma.sql`t."nameKey", t."id"`,
    behind: ({ nameKey, id }) => Prisma.sql`(t."nameKey", t."id") > (${nameKey}, ${id})`,
    placeOf: ({ nameKey, id }) => ({ sort: 'NAME', nameKey, id }),
  },
  ADDED: {
    by: Prisma.sql`t."addedAt" DESC, t."id" DESC`,
    behind: ({ addedAt, id }) => Prisma.sql`(t."addedAt", t."id") < (${new Date(addedAt)}, ${id})`,
    placeOf: ({ addedAt, id }) => ({ sort: 'ADDED', addedAt: Date.parse(addedAt), id }),
  },
  RELEASED: {
    by: Prisma.sql`${YEAR} DESC, t."nameKey", t."id"`,
    // The first condition alone lets the database begin in the index.
    behind: ({ year, nameKey, id }) => Prisma.sql`${YEAR} <= ${year}
      AND (${YEAR} < ${year} OR (t."nameKey", t."id") > (${nameKey}, ${id}))`,
    placeOf: ({ year, nameKey, id }) => ({ sort: 'RELEASED', year: year ?? NO_YEAR, nameKey, id }),
  },
};

export function behind(position: SortedPosition): Prisma.Sql {
  return (ORDERS[position.sort] as Order<SortedPosition>).behind(position);
}
