// cspell:ignore alein
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOT_LIMITED } from '@giggityflix/http';
import { createLogger } from '@giggityflix/kernel';
import { type Database, openDatabase } from '@giggityflix/prisma';
import { realPostgres } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileId } from '../../testing/events.ts';
import { createSearchIndex } from '../search/index-of.ts';
import { parseSearch } from '../search/query.ts';
import { createTitleSearch } from '../search/title-search.ts';
import { createFormerTitles } from '../statements/former-titles.ts';
import { searchText, sortKey } from '../titles/identity.ts';
import { MAX_LANGUAGES } from './facets.prisma.ts';
import { createPrismaStore } from './store.prisma.ts';
import { type CatalogStore, NO_FILTER, type TitleFacets, type TitleFilter } from './store.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const postgres = await realPostgres();

describe('facets in SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  countsTitles(() => `file:${join(folder, 'catalog.db')}`);
});
describe.skipIf(postgres.skip)('facets in PostgreSQL', () => countsTitles(() => postgres.url));

interface Listed {
  name: string;
  year: number | null;
  kind: 'MOVIE' | 'EPISODE' | 'CLIP';
  minimumAge?: number;
  isExtra?: boolean;
  files: { language: string | null; isAvailable?: boolean; library?: string }[];
}

const TITLES: readonly Listed[] = [
  {
    name: 'Alien',
    year: 1979,
    kind: 'MOVIE',
    files: [{ language: 'eng', isAvailable: true }, { language: 'deu' }],
  },
  { name: 'Aliens', year: 1986, kind: 'MOVIE', files: [{ language: 'eng', library: 'kids' }] },
  {
    name: 'Bambi',
    year: 1942,
    kind: 'MOVIE',
    minimumAge: 0,
    files: [
      { language: 'deu', library: 'kids' },
      { language: 'fra', isAvailable: true },
    ],
  },
  { name: 'Trailer', year: null, kind: 'CLIP', isExtra: true, files: [{ language: null }] },
  {
    name: 'Show',
    year: null,
    kind: 'EPISODE',
    minimumAge: 6,
    files: [{ language: 'deu', isAvailable: true, library: 'kids' }],
  },
];

function countsTitles(url: () => string): void {
  let database: Database;
  let store: CatalogStore;

  beforeAll(async () => {
    database = await openDatabase({ url: url(), logger });
    const { client } = database;
    const at = new Date(0);
    const idOf = (n: number) => `${n}`.padStart(36, '0');
    await client.library.create({ data: { id: 'kids', name: 'Kids', changedAt: at } });
    for (const [n, { files, name, isExtra, minimumAge, ...facts }] of TITLES.entries()) {
      const title = { name, ...facts, season: null, episode: null };
      await client.title.create({
        data: {
          id: idOf(n),
          ...title,
          sortKey: sortKey(title),
          searchText: searchText(name),
          addedAt: at,
          minimumAge: minimumAge ?? null,
          parentId: isExtra ? idOf(0) : null,
        },
      });
      for (const [m, { language, isAvailable = false, library }] of files.entries()) {
        const catalogId = fileId(n * 10 + m);
        await client.fileAvailability.create({ data: { catalogId, isAvailable, changedAt: at } });
        const file = { name, sizeBytes: 1n, describedBy: 'peer', describedAt: at, addedAt: at, hashes: {} };
        await client.mediaFile.create({ data: { ...file, catalogId, language, titleId: idOf(n) } });
        if (library) await client.fileInLibrary.create({ data: { catalogId, libraryId: library } });
      }
    }
    const index = createSearchIndex(database.provider, logger);
    await index.prepare(database);
    const search = createTitleSearch(database, index);
    store = createPrismaStore(database, undefined, undefined, () => search);
    await createFormerTitles(database).renew(TITLES.map((_, n) => idOf(n)));
  }, 60_000);
  afterAll(() => database.close());

  async function facets(filter: Partial<TitleFilter> = {}, limits = NOT_LIMITED): Promise<TitleFacets> {
    const [reads, asked] = [store.seenBy(limits), { ...NO_FILTER, ...filter }];
    const [kinds, decades, availability, languages] = await Promise.all([
      reads.facetOfTitles(asked, 'kinds'),
      reads.facetOfTitles(asked, 'decades'),
      reads.facetOfTitles(asked, 'availability'),
      reads.facetOfTitles(asked, 'languages'),
    ]);
    return { kinds, decades, availability, languages };
  }
  const searched = (text: string): Partial<TitleFilter> => {
    const parsed = parseSearch(text);
    if (parsed.kind !== 'search') throw new Error(`${text} is ${parsed.kind}`);
    return { search: { query: parsed.query, words: [text] } };
  };

  it('count all titles', async () => {
    expect(await facets()).toEqual({
      kinds: [
        { kind: 'CLIP', count: 1 },
        { kind: 'EPISODE', count: 1 },
        { kind: 'MOVIE', count: 3 },
      ],
      decades: [
        { decade: 1980, count: 1 },
        { decade: 1970, count: 1 },
        { decade: 1940, count: 1 },
        { decade: null, count: 2 },
      ],
      availability: { available: 3, unavailable: 2 },
      languages: [
        { language: 'deu', count: 3 },
        { language: 'eng', count: 2 },
        { language: 'fra', count: 1 },
      ],
    });
  });

  it('count what filters leave, each as if the filter said nothing of it', async () => {
    const filter = { kind: 'MOVIE', decade: 1970, available: true, language: 'deu', extra: false } as const;
    expect(await facets(filter)).toEqual({
      kinds: [{ kind: 'MOVIE', count: 1 }],
      decades: [
        { decade: 1970, count: 1 },
        { decade: 1940, count: 1 },
      ],
      availability: { available: 1, unavailable: 0 },
      languages: [
        { language: 'deu', count: 1 },
        { language: 'eng', count: 1 },
      ],
    });
    expect((await facets({ decade: 0 })).kinds).toEqual([
      { kind: 'CLIP', count: 1 },
      { kind: 'EPISODE', count: 1 },
    ]);
    expect((await facets({ extra: true })).kinds).toEqual([{ kind: 'CLIP', count: 1 }]);
    expect((await facets({ available: false })).kinds).toEqual([
      { kind: 'CLIP', count: 1 },
      { kind: 'MOVIE', count: 1 },
    ]);
  });

  it.each(['alien', 'alein'])('count what is found for %s', async (text) => {
    const { kinds, availability, languages } = await facets(searched(text));
    const count = text === 'alien' ? 2 : 1;
    expect(kinds).toEqual([{ kind: 'MOVIE', count }]);
    expect(availability).toEqual({ available: 1, unavailable: count - 1 });
    expect(languages).toContainEqual({ language: 'deu', count: 1 });
  });

  it('count nothing that is hidden', async () => {
    const child = await facets({}, { ...NOT_LIMITED, ratingLimit: 6, libraries: ['kids'] });
    expect(child).toEqual({
      kinds: [
        { kind: 'EPISODE', count: 1 },
        { kind: 'MOVIE', count: 1 },
      ],
      decades: [
        { decade: 1940, count: 1 },
        { decade: null, count: 1 },
      ],
      availability: { available: 1, unavailable: 1 },
      languages: [{ language: 'deu', count: 2 }],
    });
    const limits = { ...NOT_LIMITED, libraries: ['kids'] };
    expect((await facets(searched('alien'), limits)).languages).toEqual([{ language: 'eng', count: 1 }]);
    expect((await facets({ language: 'fra' }, limits)).kinds).toEqual([]);
  });

  it('lists and counts what they count', async () => {
    const reads = store.seenBy(NOT_LIMITED);
    const { decades, languages } = await facets();
    for (const filter of [
      ...decades.map(({ decade, count }) => ({ decade: decade ?? 0, count })),
      ...languages.slice(0, MAX_LANGUAGES).map(({ language, count }) => ({ language, count })),
    ]) {
      const { count, ...asked } = filter;
      const all = { ...NO_FILTER, ...asked };
      const page = await reads.pageOfTitles({ filter: all, sort: null, after: null }, 100);
      expect([filter, page.length, await reads.countTitles(all)]).toEqual([filter, count, count]);
    }
  });
}
