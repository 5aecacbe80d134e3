import type { AccessLimits } from '@giggityflix/http';
import { type Database, Prisma } from '@giggityflix/prisma';
import { type FileConditions, YEAR } from './conditions.ts';
import { titleKind } from './readable.ts';
import { isInLibrary } from './seen-by.ts';
import type { TitleFacets } from './store.ts';

/** Most languages that are counted: the most frequent ones. */
export const MAX_LANGUAGES = 50;

type Count = number | bigint;

/** In the order of languages; SQLite would look for the files of each title instead, in no order. */
const FILES: Record<Database['provider'], Prisma.Sql> = {
  sqlite: Prisma.sql`"MediaFile" f INDEXED BY "MediaFile_language_titleId_idx"`,
  postgresql: Prisma.sql`"MediaFile" f`,
};

/** Titles `t` for which conditions, at least one, hold, and how they are asked of files. */
export interface Counted {
  where: readonly Prisma.Sql[];
  files: FileConditions;
  /** The conditions hold for all titles that there are. */
  isAll: boolean;
}

/** How many of the titles there are of each kind, and so on; each in one query. */
export function createFacets({ client, provider }: Database, limits: AccessLimits) {
  const from = (where: readonly Prisma.Sql[]) =>
    Prisma.sql`FROM "Title" t WHERE ${Prisma.join([...where], ' AND ')}`;
  return {
    async kinds({ where }: Counted): Promise<TitleFacets['kinds']> {
      const rows = await client.$queryRaw<{ kind: string; count: Count }[]>`
        SELECT t."kind", count(*) AS "count" ${from(where)} GROUP BY t."kind" ORDER BY t."kind"`;
      return rows.flatMap(({ kind, count }) => {
        const parsed = titleKind.safeParse(kind);
        return parsed.success ? [{ kind: parsed.data, count: Number(count) }] : [];
      });
    },
    async decades({ where }: Counted): Promise<TitleFacets['decades']> {
      // By years, as an index has them: there are a few hundred.
      const rows = await client.$queryRaw<{ year: Count; count: Count }[]>`
        SELECT ${YEAR} AS "year", count(*) AS "count" ${from(where)} GROUP BY ${YEAR}`;
      const counts = new Map<number, number>();
      for (const { year, count } of rows) {
        const decade = Math.floor(Number(year) / 10) * 10;
        counts.set(decade, (counts.get(decade) ?? 0) + Number(count));
      }
      return [...counts]
        .sort(([one], [other]) => other - one)
        .map(([decade, count]) => ({ decade: decade === 0 ? null : decade, count }));
    },
    async availability({ where, files }: Counted): Promise<TitleFacets['availability']> {
      const [row] = await client.$queryRaw<{ all: Count; present: Count }[]>`
        SELECT (SELECT count(*) ${from(where)}) AS "all",
          (SELECT count(*) ${from([...where, files.isPresent])}) AS "present"`;
      const present = Number(row?.present ?? 0);
      return { available: present, unavailable: Number(row?.all ?? 0) - present };
    },
    async languages({ where, isAll }: Counted): Promise<TitleFacets['languages']> {
      const rows = await client.$queryRaw<{ language: string; count: Count }[]>`
        SELECT f."language", count(DISTINCT f."titleId") AS "count" FROM ${FILES[provider]}
        WHERE f."language" IS NOT NULL AND ${isInLibrary(limits, Prisma.sql`f`)}
          ${isAll ? Prisma.empty : Prisma.sql`AND f."titleId" IN (SELECT t."id" ${from(where)})`}
        GROUP BY f."language" ORDER BY "count" DESC, f."language" LIMIT ${MAX_LANGUAGES}`;
      return rows.map(({ language, count }) => ({ language, count: Number(count) }));
    },
  };
}
