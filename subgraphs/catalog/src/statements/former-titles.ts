import type { Database } from '@giggityflix/prisma';
import { SEARCH_RULES } from '../search/document.ts';
import { inChunks } from '../store/chunks.ts';
import { inTransaction } from './settle.ts';
import { lockTitles } from './settle-ages.ts';
import { settleSearch } from './settle-search.ts';

/** Titles that were looked at, and that are found by what former rules made of them, or by nothing yet. */
export interface FormerTitles {
  /** A page of titles behind `after`, in the order of their ids. */
  next(after: string, limit: number): Promise<{ last: string | null; due: string[] }>;
  renew(titleIds: readonly string[]): Promise<void>;
}

export function createFormerTitles(database: Database): FormerTitles {
  return {
    async next(after, limit) {
      const rows = await database.client.$queryRaw<{ id: string; rules: number | null }[]>`
        SELECT t."id", s."rules" FROM (
          SELECT "id" FROM "Title" WHERE "id" > ${after} ORDER BY "id" LIMIT ${limit}) AS t
        LEFT JOIN "TitleSearch" s ON s."titleId" = t."id" ORDER BY t."id"`;
      return {
        last: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
        due: rows.filter(({ rules }) => rules !== SEARCH_RULES).map(({ id }) => id),
      };
    },
    renew: (titleIds) =>
      inTransaction(database, async (transaction) => {
        await inChunks([...titleIds].sort(), (some) => lockTitles(transaction, database.provider, some));
        await settleSearch(transaction, database, titleIds);
      }),
  };
}
