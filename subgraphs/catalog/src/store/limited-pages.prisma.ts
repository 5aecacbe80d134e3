import type { AccessLimits } from '@giggityflix/http';
import { type Database, Prisma } from '@giggityflix/prisma';
import { isInLibrary, seesTitle } from './seen-by.ts';
import type { FormerPosition, TitleFilter } from './store.ts';
import { isUnspaced } from './words.ts';

/** Lists of titles for someone who does not see all of them: what a filter asks for is asked of what they see alone. */
export function createLimitedPages({ client }: Database, limits: AccessLimits) {
  return {
    async ids(filter: TitleFilter, after: FormerPosition | null, limit: number): Promise<string[]> {
      const where = Prisma.join([...conditions(filter, limits), ...behind(after)], ' AND ');
      const rows = await client.$queryRaw<{ id: string }[]>`SELECT t."id" FROM "Title" t WHERE ${where}
        ORDER BY t."sortKey", t."id" LIMIT ${limit}`;
      return rows.map(({ id }) => id);
    },
    async count(filter: TitleFilter): Promise<number> {
      const where = Prisma.join(conditions(filter, limits), ' AND ');
      const [row] = await client.$queryRaw<{ count: number | bigint }[]>`
        SELECT count(*) AS "count" FROM "Title" t WHERE ${where}`;
      return Number(row?.count ?? 0);
    },
  };
}

/** What a filter asks for of the title `t` as someone with these limits sees it, its words of names alone. */
export function conditions(filter: TitleFilter, limits: AccessLimits): Prisma.Sql[] {
  const words = filter.search?.words ?? [];
  return [
    seesTitle(limits, Prisma.sql`t`),
    ...words.map((word) => Prisma.sql`t."searchText" LIKE ${isUnspaced(word) ? `%${word}%` : `% ${word}%`}`),
    ...conditionsBesideSearch(filter, limits),
  ];
}

/** What a filter asks for but what is searched, of the title `t` as someone with these limits sees it. */
export function conditionsBesideSearch(filter: TitleFilter, limits: AccessLimits): Prisma.Sql[] {
  const all: Prisma.Sql[] = [];
  if (filter.kind !== null) all.push(Prisma.sql`t."kind" = ${filter.kind}`);
  if (filter.available !== null) {
    const present = Prisma.sql`EXISTS (SELECT 1 FROM "MediaFile" m
      JOIN "FileAvailability" a ON a."catalogId" = m."catalogId"
      WHERE m."titleId" = t."id" AND a."isAvailable" AND ${isInLibrary(limits, Prisma.sql`m`)})`;
    all.push(filter.available ? present : Prisma.sql`NOT ${present}`);
  }
  if (filter.extra !== null) {
    const hasParent = Prisma.sql`EXISTS (SELECT 1 FROM "Title" p
      WHERE p."id" = t."parentId" AND ${seesTitle(limits, Prisma.sql`p`)})`;
    all.push(filter.extra ? hasParent : Prisma.sql`NOT ${hasParent}`);
  }
  return all;
}

function behind(after: FormerPosition | null): Prisma.Sql[] {
  if (after === null) return [];
  const { sortKey, id } = after;
  return [Prisma.sql`t."sortKey" >= ${sortKey} AND (t."sortKey" > ${sortKey} OR t."id" > ${id})`];
}
