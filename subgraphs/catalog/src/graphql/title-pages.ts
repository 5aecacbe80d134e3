import { badInput } from '@giggityflix/graphql';
import type { QueryTitlesArgs } from '../generated/graphql.ts';
import type { CatalogStore, TitleFilter, TitleRecord } from '../store/store.ts';
import { words } from '../titles/text.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

const MAX_PAGE = 100;
const MAX_SEARCH_LENGTH = 200;
/** Each word is a condition of the query. */
const MAX_SEARCH_WORDS = 10;

/** A page of titles, and the filter for those who ask how many there are in all. */
export interface TitlePage {
  edges: { cursor: string; node: TitleRecord }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  filter: TitleFilter;
}

/** @throws GraphQLError BAD_USER_INPUT naming the argument that cannot be used. */
export async function pageOfTitles(store: CatalogStore, args: QueryTitlesArgs): Promise<TitlePage> {
  const { first } = args;
  if (first < 1 || first > MAX_PAGE) throw badInput(`first is 1 to ${MAX_PAGE}, not ${first}`);
  const after = args.after == null ? null : decodeCursor(args.after);
  if (args.after != null && after === null) throw badInput('after is not a cursor of this list');
  const filter = toFilter(args.filter ?? {});
  const titles = await store.pageOfTitles(filter, after, first + 1);
  const edges = titles.slice(0, first).map((node) => ({ cursor: encodeCursor(node), node }));
  return {
    edges,
    pageInfo: { hasNextPage: titles.length > first, endCursor: edges.at(-1)?.cursor ?? null },
    filter,
  };
}

function toFilter(given: NonNullable<QueryTitlesArgs['filter']>): TitleFilter {
  const search = given.search ?? '';
  if (search.length > MAX_SEARCH_LENGTH)
    throw badInput(`filter.search has at most ${MAX_SEARCH_LENGTH} characters`);
  const searched = [...new Set(words(search.toWellFormed()))];
  if (searched.length > MAX_SEARCH_WORDS)
    throw badInput(`filter.search has at most ${MAX_SEARCH_WORDS} words`);
  return {
    words: searched,
    kind: given.kind ?? null,
    available: given.available ?? null,
    extra: given.extra ?? null,
  };
}
