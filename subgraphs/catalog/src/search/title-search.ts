import { type Database, Prisma } from '@giggityflix/prisma';
import type { NamedTitle, SearchGroup, SearchQuery } from './query.ts';
import type { Matching, SearchIndex } from './search-index.ts';
import { likely, mayBeLong, variantsOf } from './spelling.ts';

/** How well a title is what was searched for, the best first. */
const STAGES = { exact: 0, exactButArticle: 1, beginning: 2, names: 3, beyondNames: 4, misspelt: 5 } as const;
/** Words that one may have been meant to be. */
const MAX_LIKELY = 20;
const MAX_CANDIDATES = 500;
/** Behind all that begins with a text. */
const LAST = '\u{10FFFF}';

/** A place among what a search finds. */
export interface SearchPosition {
  stage: number;
  /** A whole number. */
  rank: string;
}

export interface Found extends SearchPosition {
  titleId: string;
}

/** Finds titles, of those for which the conditions on them (`t`) hold. */
export interface TitleSearch {
  page(wanted: Wanted, after: SearchPosition | null, limit: number): Promise<Found[]>;
  /** How many are found, and the condition on titles `t` that they are. */
  all(wanted: Wanted): Promise<{ count: number; isFound: Prisma.Sql }>;
}

export interface Wanted {
  query: SearchQuery;
  conditions: readonly Prisma.Sql[];
}

export function createTitleSearch({ client }: Database, index: SearchIndex): TitleSearch {
  const corrections = new WeakMap<SearchQuery, Promise<SearchGroup[] | null>>();

  /** {@link corrected}, asked once for a page and the number of all. */
  function correctedOnce(query: SearchQuery): Promise<SearchGroup[] | null> {
    const asked = corrections.get(query) ?? corrected(query.groups);
    corrections.set(query, asked);
    return asked;
  }

  /** The groups with the words that theirs may have been meant to be; null where there are none. */
  async function corrected(groups: readonly SearchGroup[]): Promise<SearchGroup[] | null> {
    const all = await Promise.all(
      groups.map(async (group) => {
        const words = group.word === null ? [] : await likelyWords(group.word);
        return { ...group, terms: [...group.terms, ...words.map((text) => ({ text, isPrefix: false }))] };
      }),
    );
    return all.some(({ terms }, n) => terms.length > (groups[n]?.terms.length ?? 0)) ? all : null;
  }

  async function likelyWords(word: string): Promise<string[]> {
    const near = await client.$queryRaw<{ word: string }[]>`SELECT DISTINCT "word" FROM "SearchVariant"
      WHERE "variant" IN (${Prisma.join(variantsOf(word))}) LIMIT ${MAX_CANDIDATES}`;
    const further = mayBeLong(word) ? await index.alike(client, word, MAX_CANDIDATES) : [];
    return likely(word, [...near.map((row) => row.word), ...further], MAX_LIKELY).filter(
      (each) => !each.startsWith(word),
    );
  }

  async function page(wanted: Wanted, after: SearchPosition | null, limit: number): Promise<Found[]> {
    const { query, conditions } = wanted;
    const found: Found[] = [];
    const from = after?.stage ?? STAGES.exact;
    const left = () => limit - found.length;
    const add = async (stage: number, matching: Matching) => {
      if (from > stage || left() <= 0) return;
      const where = after?.stage === stage ? [Prisma.sql`${matching.rank} < ${BigInt(after.rank)}`] : [];
      // What begins so, or is the one that is named, comes before.
      if (stage === STAGES.names) where.push(Prisma.sql`NOT ${isNamed(query)}`);
      const rows = await inOrder(
        { ...matching, join: titleIf(conditions.length > 0 || query.named !== null) },
        [matching.where, ...where, ...conditions],
        left(),
      );
      found.push(...rows.map((row) => ({ ...row, stage })));
    };
    if (from <= STAGES.beginning) found.push(...(await byBeginning(wanted, after, limit)));
    if (query.groups.length === 0) return found;
    await add(STAGES.names, index.matching(query.groups, 'names'));
    if (query.groups.some(({ isShort }) => !isShort))
      await add(STAGES.beyondNames, index.matching(query.groups, 'beyond_names'));
    const isNothing = after === null && found.length === 0;
    const groups = isNothing || from === STAGES.misspelt ? await correctedOnce(query) : null;
    if (groups) await add(STAGES.misspelt, index.matching(groups, 'all'));
    return found;
  }

  /** What is called so, or begins so. */
  async function byBeginning(
    { query, conditions }: Wanted,
    after: SearchPosition | null,
    limit: number,
  ): Promise<Found[]> {
    const stage = Prisma.sql`CASE WHEN s."full" = ${query.full} OR ${isTheNamed(query.named)} THEN 0
      WHEN s."name" = ${query.name} THEN 1 ELSE 2 END`;
    const where = Prisma.join(
      [begins(query.named?.name ?? query.name), isNamed(query), ...conditions],
      ' AND ',
    );
    const rank = BigInt(after?.rank ?? 0);
    const behind =
      after === null
        ? Prisma.empty
        : Prisma.sql`WHERE "stage" > ${after.stage} OR ("stage" = ${after.stage} AND "rank" < ${rank})`;
    const join = titleIf(conditions.length > 0 || query.named !== null);
    const rows = await client.$queryRaw<{ titleId: string; stage: number | bigint; rank: string }[]>`
      SELECT "titleId", "stage", CAST("rank" AS TEXT) AS "rank" FROM (
        SELECT s."titleId", s."rank", ${stage} AS "stage" FROM "TitleSearch" s ${join} WHERE ${where}) AS found
      ${behind} ORDER BY "stage", found."rank" DESC LIMIT ${limit}`;
    return rows.map((row) => ({ ...row, stage: Number(row.stage) }));
  }

  async function inOrder(
    { from, rank, join }: Pick<Matching, 'from' | 'rank'> & { join: Prisma.Sql },
    conditions: readonly Prisma.Sql[],
    limit: number,
  ): Promise<{ titleId: string; rank: string }[]> {
    return client.$queryRaw`SELECT s."titleId", CAST(${rank} AS TEXT) AS "rank"
      FROM ${from} ${join} WHERE ${Prisma.join([...conditions], ' AND ')}
      ORDER BY ${rank} DESC LIMIT ${limit}`;
  }

  async function countOf({ from, where }: Documents, conditions: readonly Prisma.Sql[]) {
    const [row] = await client.$queryRaw<{ count: number | bigint }[]>`SELECT count(*) AS "count"
      FROM ${from} ${titleIf(conditions.length > 0)} WHERE ${Prisma.join([where, ...conditions], ' AND ')}`;
    return Number(row?.count ?? 0);
  }

  /** All documents that are found, and how many of them there are. */
  async function all({ query, conditions }: Wanted): Promise<{ matching: Documents; count: number }> {
    const counted = async (matching: Documents) => ({ matching, count: await countOf(matching, conditions) });
    if (query.groups.length === 0)
      return counted({ from: Prisma.sql`"TitleSearch" s`, where: begins(query.name) });
    // What is called so has all words in its names, and what has them there has them somewhere.
    const exact = await counted(index.matching(query.groups, 'all'));
    const groups = exact.count === 0 ? await correctedOnce(query) : null;
    return groups ? counted(index.matching(groups, 'all')) : exact;
  }

  return {
    page,
    async all(wanted) {
      const { count, matching } = await all(wanted);
      const isFound = Prisma.sql`t."id" IN (SELECT s."titleId" FROM ${matching.from} WHERE ${matching.where})`;
      return { count, isFound };
    },
  };
}

type Documents = Pick<Matching, 'from' | 'where'>;

const titleIf = (isAsked: boolean) =>
  isAsked ? Prisma.sql`JOIN "Title" t ON t."id" = s."titleId"` : Prisma.empty;

const begins = (name: string) => Prisma.sql`s."name" >= ${name} AND s."name" < ${name + LAST}`;

const isNamed = ({ name, named }: SearchQuery) => Prisma.sql`((${begins(name)}) OR ${isTheNamed(named)})`;

function isTheNamed(named: NamedTitle | null): Prisma.Sql {
  if (named === null) return Prisma.sql`1 = 0`;
  const { name, year, season, episode } = named;
  const numbers =
    episode === null
      ? Prisma.sql`t."year" = ${year}`
      : Prisma.sql`coalesce(t."season", 1) = ${season} AND t."episode" = ${episode}`;
  return Prisma.sql`(s."name" = ${name} AND ${numbers})`;
}
