import { Prisma } from '@giggityflix/prisma';
import type { SearchGroup } from './query.ts';
import type { SearchIndex, SearchScope } from './search-index.ts';
import { insertRanked } from './write-document.ts';

/** The index in SQLite, by FTS5. */
export const sqliteIndex: SearchIndex = {
  async prepare() {},

  matching: (groups, scope) => ({
    from: Prisma.sql`"TitleIndex" i JOIN "TitleSearch" s ON s."rank" = i."rowid"`,
    where: Prisma.sql`i."TitleIndex" MATCH ${expression(groups, scope)}`,
    rank: Prisma.sql`i."rowid"`,
  }),

  async write(transaction, document, isKnown) {
    const { titleId, full, name, digest, rules } = document;
    const [names, more] = [document.names.join(' '), document.more.join(' ')];
    if (isKnown)
      await transaction.$executeRaw`UPDATE "TitleSearch" SET "full" = ${full}, "name" = ${name}, "names" = ${names},
        "more" = ${more}, "digest" = ${digest}, "rules" = ${rules} WHERE "titleId" = ${titleId}`;
    else
      await insertRanked(
        transaction,
        document,
        (
          rank,
        ) => Prisma.sql`INSERT INTO "TitleSearch" ("rank", "titleId", "full", "name", "names", "more", "digest", "rules")
          VALUES (${rank}, ${titleId}, ${full}, ${name}, ${names}, ${more}, ${digest}, ${rules}) ON CONFLICT DO NOTHING`,
      );
  },

  async addWords(transaction, words) {
    await transaction.$executeRaw`INSERT INTO "SearchWord" ("word")
      VALUES ${Prisma.join(words.map((word) => Prisma.sql`(${word})`))} ON CONFLICT DO NOTHING`;
  },

  async unused(client, words) {
    const rows = await client.$queryRaw<{ word: string }[]>`SELECT w."word" FROM "SearchWord" w
      WHERE w."word" IN (${Prisma.join([...words])}) AND NOT EXISTS (
        SELECT 1 FROM "TitleIndex" WHERE "TitleIndex" MATCH ('"' || w."word" || '"'))`;
    return rows.map((row) => row.word);
  },

  async alike(client, word, max) {
    const letters = [...word];
    const parts = letters.slice(2).map((_, n) => `"${letters.slice(n, n + 3).join('')}"`);
    const rows = await client.$queryRaw<{ word: string }[]>`SELECT "word" FROM "SearchWordIndex"
      WHERE "SearchWordIndex" MATCH ${parts.join(' OR ')} ORDER BY rank LIMIT ${max}`;
    return rows.map((row) => row.word);
  },
};

/** In the language of FTS5, in which terms between quotation marks are nothing but terms. */
function expression(groups: readonly SearchGroup[], scope: SearchScope): string {
  const inNames = `names : (${groups.map(anyOf).join(' AND ')})`;
  if (scope === 'names') return inNames;
  const [short, long] = [groups.filter(({ isShort }) => isShort), groups.filter(({ isShort }) => !isShort)];
  const everywhere = [
    ...(short.length > 0 ? [`(names : (${short.map(anyOf).join(' AND ')}))`] : []),
    ...long.map(anyOf),
  ].join(' AND ');
  return scope === 'all' ? everywhere : `(${everywhere}) NOT (${inNames})`;
}

const anyOf = ({ terms }: SearchGroup) =>
  `(${terms.map(({ text, isPrefix }) => `"${text}"${isPrefix ? '*' : ''}`).join(' OR ')})`;
