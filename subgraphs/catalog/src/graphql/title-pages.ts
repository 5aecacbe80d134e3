import { badInput } from '@giggityflix/graphql';
import { MAX_YEAR } from '@giggityflix/proto/media-file';
import type { QueryTitlesArgs } from '../generated/graphql.ts';
import { MAX_SEARCH_LENGTH, MAX_SEARCH_WORDS, parseSearch } from '../search/query.ts';
import type {
  CatalogReads,
  Search,
  TitleFilter,
  TitlePosition,
  TitleRecord,
  TitleSort,
} from '../store/store.ts';
import { MAX_WORD_LENGTH } from '../titles/limits.ts';
import { words } from '../titles/text.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';

const MAX_PAGE = 100;

/** A page of titles, and the filter for those who ask how many there are in all. */
export interface TitlePage {
  edges: { cursor: string; node: TitleRecord }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  filter: TitleFilter;
}

/** @throws GraphQLError BAD_USER_INPUT naming the argument that cannot be used. */
export async function pageOfTitles(store: CatalogReads, args: QueryTitlesArgs): Promise<TitlePage> {
  const { first } = args;
  if (first < 1 || first > MAX_PAGE) throw badInput(`first is 1 to ${MAX_PAGE}, not ${first}`);
  const after = args.after == null ? null : decodeCursor(args.after);
  if (args.after != null && after === null) throw badInput('after is not a cursor of this list');
  const filter = toFilter(args.filter ?? {});
  const sort = args.sort ?? null;
  if (after !== null && !isOfList(after, sort, filter))
    throw badInput('after is a cursor of a list in another order');
  const titles = await store.pageOfTitles({ filter, sort, after }, first + 1);
  const edges = titles
    .slice(0, first)
    .map(({ title, position }) => ({ cursor: encodeCursor(position), node: title }));
  return {
    edges,
    pageInfo: { hasNextPage: titles.length > first, endCursor: edges.at(-1)?.cursor ?? null },
    filter,
  };
}

function isOfList(after: TitlePosition, sort: TitleSort | null, filter: TitleFilter): boolean {
  if ('stage' in after) return sort === null && filter.search !== null;
  // That of a former version, or of a list that began while some titles had no other place.
  if ('sortKey' in after) return sort === null || sort === 'NAME';
  return after.sort === (sort ?? (filter.search === null ? 'NAME' : null));
}

function toFilter(given: NonNullable<QueryTitlesArgs['filter']>): TitleFilter {
  return {
    search: toSearch(given.search ?? ''),
    kind: given.kind ?? null,
    available: given.available ?? null,
    extra: given.extra ?? null,
    decade: given.decade == null ? null : decadeOf(given.decade),
    language: given.language == null ? null : languageOf(given.language),
  };
}

function decadeOf(year: number): number {
  if (year % 10 === 0 && year >= 0 && year <= MAX_YEAR) return year;
  throw badInput('filter.decade is the first year of ten, such as 1990, or 0');
}

/** A tag that no file may have is asked for as it is, and nothing is found. */
function languageOf(language: string): string {
  if (language.length <= MAX_WORD_LENGTH && !language.includes('\0')) return language;
  throw badInput(`filter.language has at most ${MAX_WORD_LENGTH} characters`);
}

function toSearch(text: string): Search | null {
  if (text.length > MAX_SEARCH_LENGTH)
    throw badInput(`filter.search has at most ${MAX_SEARCH_LENGTH} characters`);
  const parsed = parseSearch(text);
  switch (parsed.kind) {
    case 'none':
      return null;
    case 'too_many_words':
      throw tooManyWords();
    case 'search': {
      // Not those of the query: characters that are not seen part these alone.
      const byName = [...new Set(words(text.toWellFormed()))];
      if (byName.length > MAX_SEARCH_WORDS) throw tooManyWords();
      return { query: parsed.query, words: byName };
    }
  }
}

const tooManyWords = () => badInput(`filter.search has at most ${MAX_SEARCH_WORDS} words`);
