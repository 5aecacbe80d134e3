import { type Database, Prisma } from '@giggityflix/prisma';
import { type SearchDocument, toDocument } from '../search/document.ts';
import { writesOf } from '../search/index-of.ts';
import { nameKey } from '../search/name-key.ts';
import { keptVariantsOf } from '../search/spelling.ts';
import { inChunks } from '../store/chunks.ts';
import { createDetailsReader } from '../store/details.prisma.ts';
import { MAX_FILES_PER_QUERY, MAX_FILES_PER_TITLE } from '../store/limits.ts';
import type { TitleKind } from '../titles/identity.ts';
import { titleDetails } from './merge-details.ts';
import type { Transaction } from './said.ts';
import { takeRoomForWords } from './word-room.ts';

/** Rows of one statement. */
const VARIANTS_AT_ONCE = 400;

interface Row {
  id: string;
  name: string;
  year: number | null;
  kind: TitleKind;
  season: number | null;
  episode: number | null;
  nameKey: string;
  /** That of all its own files. */
  language: string | null;
  digest: string | null;
}

/**
 * Makes what titles are found by, and the place of their names, what they and their own files say. Depends only on what is in the
 * database, in which the titles are locked by an earlier statement: one that waited itself would not see what others wrote meanwhile.
 */
export async function settleSearch(
  transaction: Transaction,
  database: Database,
  titleIds: readonly string[],
): Promise<void> {
  const index = writesOf(database.provider);
  const titles = await inChunks(titleIds, (some) => titlesOf(transaction, some));
  if (titles.length === 0) return;
  const details = await detailsOf(
    transaction,
    titles.map(({ id }) => id),
  );
  const changed: SearchDocument[] = [];
  for (const { digest, language, ...title } of titles) {
    const key = nameKey(title, language);
    if (key !== title.nameKey)
      await transaction.$executeRaw`UPDATE "Title" SET "nameKey" = ${key} WHERE "id" = ${title.id}`;
    const document = toDocument(title, titleDetails(details.get(title.id) ?? []));
    if (document.digest === digest) continue;
    changed.push(document);
    await index.write(transaction, document, digest !== null);
  }
  // Last, and in one order, so that transactions that add the same words wait for each other and never in a circle.
  const words = [...new Set(changed.flatMap((document) => document.words))].sort();
  await inChunks(words, async (some) => {
    const known = await transaction.$queryRaw<{ word: string }[]>`
      SELECT "word" FROM "SearchWord" WHERE "word" IN (${Prisma.join(some)})`;
    const isKnown = new Set(known.map(({ word }) => word));
    const unknown = some.filter((word) => !isKnown.has(word));
    if (unknown.length === 0) return [];
    const added = unknown.slice(0, await takeRoomForWords(database, transaction, unknown.length));
    if (added.length === 0) return [];
    await index.addWords(transaction, added);
    const variants = added.flatMap((word) =>
      keptVariantsOf(word).map((variant) => Prisma.sql`(${variant}, ${word})`),
    );
    for (let from = 0; from < variants.length; from += VARIANTS_AT_ONCE)
      await transaction.$executeRaw`INSERT INTO "SearchVariant" ("variant", "word")
        VALUES ${Prisma.join(variants.slice(from, from + VARIANTS_AT_ONCE))} ON CONFLICT DO NOTHING`;
    return [];
  });
}

function titlesOf(transaction: Transaction, ids: readonly string[]): Promise<Row[]> {
  return transaction.$queryRaw<Row[]>`
    SELECT t."id", t."name", t."year", t."kind", t."season", t."episode", t."nameKey", s."digest",
      (SELECT CASE WHEN min(m."language") = max(m."language") THEN min(m."language") END
        FROM "MediaFile" m WHERE m."titleId" = t."id") AS "language"
    FROM "Title" t LEFT JOIN "TitleSearch" s ON s."titleId" = t."id"
    WHERE t."id" IN (${Prisma.join([...ids])}) ORDER BY t."id"`;
}

/** What is said of the works in titles' own files. */
async function detailsOf(transaction: Transaction, titleIds: readonly string[]) {
  const files = await inChunks(titleIds, (some) => describedFiles(transaction, some));
  const titleOf = new Map(files.map(({ catalogId, titleId }) => [catalogId, titleId]));
  const records = await createDetailsReader({ client: transaction })([...titleOf.keys()] as never);
  return Map.groupBy(records, ({ catalogId }) => titleOf.get(catalogId) ?? '');
}

/** The first files of each title. Titles with more rows than one query returns are asked for one by one. */
async function describedFiles(transaction: Transaction, titleIds: readonly string[]) {
  const first = (some: readonly string[], max: number) =>
    transaction.$queryRaw<{ catalogId: string; titleId: string }[]>`
      SELECT "catalogId", "titleId" FROM "MediaFile"
      WHERE "titleId" IN (${Prisma.join([...some])}) AND "details" IS NOT NULL
      ORDER BY "addedAt", "catalogId" LIMIT ${max}`;
  const files = await first(titleIds, MAX_FILES_PER_QUERY);
  if (files.length < MAX_FILES_PER_QUERY) return files;
  const each: typeof files = [];
  for (const titleId of titleIds) each.push(...(await first([titleId], MAX_FILES_PER_TITLE)));
  return each;
}
