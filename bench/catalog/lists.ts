import { parseSearch } from '../../subgraphs/catalog/src/search/query.ts';
import {
  type CatalogStore,
  NO_FILTER,
  TITLE_SORTS,
  type TitleFilter,
} from '../../subgraphs/catalog/src/store/store.ts';
import { words } from '../../subgraphs/catalog/src/titles/text.ts';
import { type BenchRow, percentile, row } from '../row.ts';

const PAGE = 48;
const PAGES = 100;

const readsOf = (store: CatalogStore) => store.seenBy({ ratingLimit: null, libraries: null });

/** The filter of a search. @throws Error for a text that is none */
export function searchFor(text: string): TitleFilter {
  const parsed = parseSearch(text);
  if (parsed.kind !== 'search') throw new Error(`${text} is no search`);
  return { ...NO_FILTER, search: { query: parsed.query, words: words(text) } };
}

/** Pages in each order, from the first one on. */
export async function measureLists(name: string, store: CatalogStore, titles: number): Promise<BenchRow[]> {
  const reads = readsOf(store);
  const rows: BenchRow[] = [];
  for (const sort of TITLE_SORTS) {
    const times: number[] = [];
    const [first] = await reads.pageOfTitles({ filter: NO_FILTER, sort, after: null }, 1);
    for (let after = first?.position ?? null; after !== null && times.length < PAGES; ) {
      const startedAt = performance.now();
      const page = await reads.pageOfTitles({ filter: NO_FILTER, sort, after }, PAGE + 1);
      times.push(performance.now() - startedAt);
      after = page.at(-1)?.position ?? null;
    }
    rows.push(row(`${name}, a page of ${titles} by ${sort}, p95`, 'ms', percentile(times, 95)));
  }
  return rows;
}

/** Each facet by itself: of all titles, of what filters leave, and of what searches find. */
export async function measureFacets(
  name: string,
  store: CatalogStore,
  { titles, texts }: { titles: number; texts: readonly string[] },
): Promise<BenchRow[]> {
  const reads = readsOf(store);
  const filters: [string, TitleFilter[]][] = [
    ['all', Array.from({ length: 20 }, () => ({ ...NO_FILTER }))],
    [
      'filtered',
      Array.from({ length: 20 }, (_, n) => ({
        ...NO_FILTER,
        kind: n % 2 === 0 ? 'MOVIE' : null,
        available: n % 3 === 0 ? true : null,
        decade: n % 4 === 0 ? 1990 : null,
        language: n % 5 === 0 ? 'deu' : null,
        extra: false,
      })),
    ],
    ['searched', texts.map(searchFor)],
  ];
  const rows: BenchRow[] = [];
  for (const [what, some] of filters)
    for (const facet of ['kinds', 'decades', 'availability', 'languages'] as const) {
      const times: number[] = [];
      for (const filter of some) {
        const startedAt = performance.now();
        await reads.facetOfTitles({ ...filter }, facet);
        times.push(performance.now() - startedAt);
      }
      rows.push(row(`${name}, ${facet} of ${titles} titles, ${what}, p95`, 'ms', percentile(times, 95)));
    }
  return rows;
}
