import { type Database, Prisma } from '@giggityflix/prisma';
import type { SearchIndex } from '../search/search-index.ts';
import { inTransaction } from './settle.ts';

/** Words looked at in one transaction, few enough that others write in between. */
const AT_ONCE = 200;

/** Words that misspelt ones lead to, in their order. */
export interface KnownWords {
  /**
   * Removes, of a page of words behind `after`, those that no title has any more. A word that a title brings at the same moment may be
   * removed as well; that title is then found by it spelt right.
   *
   * @returns the last word of the page; null at the end.
   */
  removeUnused(after: string): Promise<string | null>;
}

export function createKnownWords(database: Database, index: SearchIndex): KnownWords {
  return {
    async removeUnused(after) {
      const rows = await database.client.$queryRaw<{ word: string }[]>`SELECT "word" FROM "SearchWord"
        WHERE "word" > ${after} ORDER BY "word" LIMIT ${AT_ONCE}`;
      const words = rows.map(({ word }) => word);
      if (words.length > 0)
        await inTransaction(database, async (transaction) => {
          const unused = await index.unused(transaction, words);
          if (unused.length === 0) return;
          await transaction.$executeRaw`DELETE FROM "SearchVariant" WHERE "word" IN (${Prisma.join(unused)})`;
          await transaction.$executeRaw`DELETE FROM "SearchWord" WHERE "word" IN (${Prisma.join(unused)})`;
        });
      return words.length < AT_ONCE ? null : (words.at(-1) ?? null);
    },
  };
}
