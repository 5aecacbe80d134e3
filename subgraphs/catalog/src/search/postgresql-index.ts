import type { Logger } from '@giggityflix/kernel';
import { isDatabaseUnavailable, Prisma } from '@giggityflix/prisma';
import type { SearchGroup } from './query.ts';
import type { SearchIndex, SearchWrites } from './search-index.ts';
import { insertRanked } from './write-document.ts';

/** How much of its beginning a word has right that is looked for without trigrams. */
const KNOWN_LETTERS = 3;
/** Names the lock under which the index of trigrams is made. */
const TRIGRAMS_LOCK = 0x6769_6774;
/** Another process may be making it, of all words. */
const PREPARE_TIMEOUT_MS = 30_000;

export const postgresqlWrites: SearchWrites = {
  async write(transaction, document, isKnown) {
    const { titleId, full, name, digest, rules } = document;
    const names = vector(document.names);
    const all = vector([...document.names, ...document.more]);
    if (isKnown)
      await transaction.$executeRaw`UPDATE "TitleSearch" SET "full" = ${full}, "name" = ${name}, "names" = ${names},
        "all" = ${all}, "digest" = ${digest}, "rules" = ${rules} WHERE "titleId" = ${titleId}`;
    else
      await insertRanked(
        transaction,
        document,
        (
          rank,
        ) => Prisma.sql`INSERT INTO "TitleSearch" ("rank", "titleId", "full", "name", "names", "all", "digest", "rules")
          VALUES (${rank}, ${titleId}, ${full}, ${name}, ${names}, ${all}, ${digest}, ${rules}) ON CONFLICT ("rank") DO NOTHING`,
      );
  },

  async addWords(transaction, words) {
    await transaction.$executeRaw`INSERT INTO "SearchWord" ("word")
      SELECT unnest(${words}::text[]) ON CONFLICT DO NOTHING`;
  },
};

/** The index in PostgreSQL, by full text search; long misspelt words are found by pg_trgm where it can be had. */
export function createPostgresqlIndex(logger: Logger): SearchIndex {
  let hasTrigrams = false;
  return {
    ...postgresqlWrites,

    async prepare({ client }) {
      try {
        await client.$transaction(
          async (transaction) => {
            await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${TRIGRAMS_LOCK})`;
            await transaction.$executeRaw`CREATE EXTENSION IF NOT EXISTS pg_trgm`;
            await transaction.$executeRaw`CREATE INDEX IF NOT EXISTS "SearchWord_trigrams_idx"
            ON "SearchWord" USING gin ("word" gin_trgm_ops)`;
          },
          { timeout: PREPARE_TIMEOUT_MS, maxWait: PREPARE_TIMEOUT_MS },
        );
        hasTrigrams = true;
      } catch (error) {
        if (isDatabaseUnavailable(error)) throw error;
        hasTrigrams = false;
        logger.warn(
          { err: error },
          'the database has no pg_trgm: misspelt words of seven letters and more are found by their first letters alone',
        );
      }
    },

    matching(groups, scope) {
      const short = groups.filter(({ isShort }) => isShort);
      const long = groups.filter(({ isShort }) => !isShort);
      const inNames = Prisma.sql`s."names" @@ ${expression(groups)}`;
      const everywhere = Prisma.join(
        [
          ...(short.length > 0 ? [Prisma.sql`s."names" @@ ${expression(short)}`] : []),
          ...(long.length > 0 ? [Prisma.sql`s."all" @@ ${expression(long)}`] : []),
        ],
        ' AND ',
      );
      const where = {
        names: inNames,
        all: everywhere,
        beyond_names: Prisma.sql`${everywhere} AND NOT (${inNames})`,
      }[scope];
      return { from: Prisma.sql`"TitleSearch" s`, where, rank: Prisma.sql`s."rank"` };
    },

    async unused(client, words) {
      const rows = await client.$queryRaw<{ word: string }[]>`SELECT w."word" FROM "SearchWord" w
        WHERE w."word" = ANY(${[...words]}::text[]) AND NOT EXISTS (
          SELECT 1 FROM "TitleSearch" s WHERE s."all" @@ CAST('''' || w."word" || '''' AS tsquery))`;
      return rows.map((row) => row.word);
    },

    async alike(client, word, max) {
      const rows = hasTrigrams
        ? await client.$queryRaw<{ word: string }[]>`SELECT "word" FROM "SearchWord" WHERE "word" % ${word}
            ORDER BY similarity("word", ${word}) DESC, "word" LIMIT ${max}`
        : await client.$queryRaw<{ word: string }[]>`SELECT "word" FROM "SearchWord"
            WHERE "word" LIKE ${`${[...word].slice(0, KNOWN_LETTERS).join('')}%`} LIMIT ${max}`;
      return rows.map((row) => row.word);
    },
  };
}

/** No parser comes between: the terms are as they are. */
const vector = (terms: readonly string[]) => Prisma.sql`array_to_tsvector(${terms}::text[])`;

/** As the type has it, in which terms between quotation marks are nothing but terms. */
function expression(groups: readonly SearchGroup[]): Prisma.Sql {
  const text = groups
    .map(({ terms }) => `(${terms.map((term) => `'${term.text}'${term.isPrefix ? ':*' : ''}`).join(' | ')})`)
    .join(' & ');
  return Prisma.sql`CAST(${text} AS tsquery)`;
}
