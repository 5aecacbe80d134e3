import { createLogger } from '@giggityflix/kernel';
import { type Database, openDatabase } from '@giggityflix/prisma';
import { createSearchIndex } from '../../subgraphs/catalog/src/search/index-of.ts';
import { createTitleSearch } from '../../subgraphs/catalog/src/search/title-search.ts';
import { createFormerTitles } from '../../subgraphs/catalog/src/statements/former-titles.ts';
import { createPrismaStore } from '../../subgraphs/catalog/src/store/store.prisma.ts';
import type { CatalogStore } from '../../subgraphs/catalog/src/store/store.ts';
import { searchText, sortKey, type TitleFacts } from '../../subgraphs/catalog/src/titles/identity.ts';
import { type BenchRow, percentile, row } from '../row.ts';
import { measureFacets, measureLists, searchFor } from './lists.ts';

const PAGE = 48;
const TITLES_AT_ONCE = 500;
const EPISODES_PER_SHOW = 50;
const LANGUAGES = ['eng', 'eng', 'eng', 'deu', 'fra', 'spa', 'jpn', null];
const FACETED_SEARCHES = 10;
const FIRST_YEAR = 1_920;
const YEARS = 105;
const SYLLABLES =
  'ka lo mi ren sta vor el an dis tur gro pel ma shi no bra cen der fil gan hor ist jun kel'.split(' ');

type Kind = 'a letter' | 'three letters' | 'a word' | 'two words' | 'a misspelt word' | 'an episode';

/** Milliseconds of pages, each with the number of all that is found, at the store. */
export async function measureSearch(
  name: string,
  url: string,
  { titles, searches }: { titles: number; searches: number },
): Promise<BenchRow[]> {
  const logger = createLogger({ service: 'bench', level: 'silent' });
  const database = await openDatabase({ url, logger });
  const index = createSearchIndex(database.provider, logger);
  await index.prepare(database);
  try {
    const fillMs = await fill(database, titles);
    const search = createTitleSearch(database, index);
    const [now, before] = [() => search, () => null].map((which) =>
      createPrismaStore(database, undefined, undefined, which),
    ) as [CatalogStore, CatalogStore];
    const rows: BenchRow[] = [];
    const all: number[] = [];
    const allBefore: number[] = [];
    for (const [kind, texts] of textsOf(titles, searches)) {
      const [some, former] = [await pages(now, texts), await pages(before, texts)];
      all.push(...some);
      allBefore.push(...former);
      rows.push(timesOf(`${name}, ${kind}, p95`, some, former));
    }
    return [
      timesOf(`${name}, a page of ${titles} titles, p95`, all, allBefore),
      ...rows,
      ...(await measureLists(name, now, titles)),
      ...(await measureFacets(name, now, {
        titles,
        texts: [...textsOf(titles, FACETED_SEARCHES).values()].flat(),
      })),
      row(`${name}, index a title of a former version`, 'ms', fillMs / titles),
    ];
  } finally {
    await database.close();
  }
}

const timesOf = (name: string, some: readonly number[], former: readonly number[]): BenchRow =>
  row(name, 'ms', percentile(some, 95), { name: 'words of names', value: percentile(former, 95) });

async function pages(store: CatalogStore, texts: readonly string[]): Promise<number[]> {
  const reads = store.seenBy({ ratingLimit: null, libraries: null });
  const times: number[] = [];
  for (const text of texts) {
    const filter = searchFor(text);
    const startedAt = performance.now();
    await Promise.all([
      reads.pageOfTitles({ filter, sort: null, after: null }, PAGE + 1),
      reads.countTitles(filter),
    ]);
    times.push(performance.now() - startedAt);
  }
  return times;
}

/** The name of a title of a number: two words of a vocabulary of thousands. */
function nameOf(n: number): string {
  const word = (seed: number) => {
    const part = (k: number) => SYLLABLES[Math.floor(seed / SYLLABLES.length ** k) % SYLLABLES.length];
    return `${part(0)}${part(1)}${part(2)}`;
  };
  return `${word(n * 7_919)} ${word(n * 104_729 + 13)}`;
}

function titleOf(n: number): TitleFacts {
  const year = FIRST_YEAR + (n % YEARS);
  if (n % 2 === 0) return { name: nameOf(n), year, kind: 'MOVIE', season: null, episode: null };
  const show = Math.floor(n / 2 / EPISODES_PER_SHOW);
  const numbers = { season: 1 + (Math.floor(n / 2 / 10) % 5), episode: 1 + (Math.floor(n / 2) % 10) };
  return { name: nameOf(show * 2 + 1), year: null, kind: 'EPISODE', ...numbers };
}

function textsOf(titles: number, count: number): Map<Kind, string[]> {
  const numbers = Array.from({ length: count }, (_, n) => Math.floor((n * titles) / count / 2) * 2);
  const names = numbers.map(nameOf);
  const [first, second] = [0, 1].map((k) => names.map((name) => name.split(' ')[k] as string)) as [
    string[],
    string[],
  ];
  return new Map<Kind, string[]>([
    ['a letter', first.map((word) => word.slice(0, 1))],
    ['three letters', second.map((word) => word.slice(0, 3))],
    ['a word', first],
    ['two words', names.map((name) => name.split(' ').reverse().join(' '))],
    ['a misspelt word', first.map((word) => `${word.slice(0, 2)}q${word.slice(3)}`)],
    ['an episode', numbers.map((n) => `${titleOf(n + 1).name} s1e3`)],
  ]);
}

/** In no order, as those of real titles are. */
const idOf = (n: number) => ((n * 7_919) % 1_000_003).toString(16).padStart(36, '0');

/** Writes titles as a former version left them, and indexes them; how long that took, in milliseconds. */
async function fill(database: Database, count: number): Promise<number> {
  const addedAt = new Date();
  for (let from = 0; from < count; from += TITLES_AT_ONCE) {
    const numbers = Array.from({ length: Math.min(TITLES_AT_ONCE, count - from) }, (_, n) => from + n);
    await database.client.title.createMany({
      data: numbers.map((n) => {
        const title = titleOf(n);
        const at = new Date(addedAt.getTime() + n);
        return {
          id: idOf(n),
          ...title,
          sortKey: sortKey(title),
          searchText: searchText(title.name),
          addedAt: at,
        };
      }),
    });
    const catalogIds = numbers.map((n) => ((n * 104_729) % 1_000_003).toString(16).padStart(64, '0'));
    await database.client.fileAvailability.createMany({
      data: catalogIds.map((catalogId, n) => ({ catalogId, isAvailable: n % 4 > 0, changedAt: addedAt })),
    });
    await database.client.mediaFile.createMany({
      data: numbers.map((n, index) => ({
        catalogId: catalogIds[index] as string,
        titleId: idOf(n),
        name: `${n}.mkv`,
        sizeBytes: 1n,
        describedBy: 'peer',
        describedAt: addedAt,
        addedAt,
        hashes: {},
        language: LANGUAGES[n % LANGUAGES.length] ?? null,
      })),
    });
  }
  const former = createFormerTitles(database);
  const startedAt = performance.now();
  for (let after: string | null = ''; after !== null; ) {
    const { last, due }: { last: string | null; due: string[] } = await former.next(after, TITLES_AT_ONCE);
    if (due.length > 0) await former.renew(due);
    after = last;
  }
  const ms = performance.now() - startedAt;
  if (database.provider === 'postgresql') await database.client.$executeRawUnsafe('ANALYZE');
  return ms;
}
