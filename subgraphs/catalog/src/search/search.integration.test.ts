// cspell:disable: names in many languages, and misspelt ones
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOT_LIMITED } from '@giggityflix/http';
import { createLogger } from '@giggityflix/kernel';
import { type Database, openDatabase, Prisma } from '@giggityflix/prisma';
import { detailsOrNull, type MediaDetails, NO_DETAILS } from '@giggityflix/proto/media-file';
import { realPostgres } from '@giggityflix/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectionOf, fileId } from '../../testing/events.ts';
import { factsNamed } from '../../testing/facts.ts';
import type { Facts } from '../statements/facts.ts';
import { createFormerTitles } from '../statements/former-titles.ts';
import { createKnownWords, type KnownWords } from '../statements/known-words.ts';
import { createSearchFill } from '../statements/search-fill.ts';
import { createPrismaStatements } from '../statements/statements.prisma.ts';
import type { Statements } from '../statements/statements.ts';
import { conditionsBesideSearch } from '../store/conditions.ts';
import { seesTitle } from '../store/seen-by.ts';
import { NO_FILTER } from '../store/store.ts';
import { createSearchIndex } from './index-of.ts';
import { parseSearch } from './query.ts';
import { MAX_KNOWN_WORDS } from './spelling.ts';
import { createTitleSearch, type Found, type SearchPosition, type TitleSearch } from './title-search.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const postgres = await realPostgres();

describe('search in SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  findsTitles(() => `file:${join(folder, 'catalog.db')}`, 100);
});
describe.skipIf(postgres.skip)('search in PostgreSQL', () => findsTitles(() => postgres.url, 32));

interface Titled extends Partial<Facts['title']> {
  name: string;
  details?: Partial<MediaDetails>;
}

/** What every index must find, and in which order. */
function findsTitles(url: () => string, runs: number): void {
  let database: Database;
  let statements: Statements;
  let search: TitleSearch;
  let knownWords: KnownWords;
  let files = 0;
  const nextFile = () => {
    files += 1;
    return files;
  };

  beforeAll(async () => {
    database = await openDatabase({ url: url(), logger });
    statements = createPrismaStatements(database, { descriptionsPerPeer: 1_000, picturesPerPeer: 100 });
    const index = createSearchIndex(database.provider, logger);
    await index.prepare(database);
    search = createTitleSearch(database, index);
    knownWords = createKnownWords(database, index);
    for (const title of TITLES) await share(title);
  }, 120_000);
  afterAll(() => database.close());

  /** A peer shares a file of a title; the number of the file. */
  async function share({ name, details, ...title }: Titled, file = nextFile()): Promise<number> {
    const facts = factsNamed(name);
    const known = details && detailsOrNull({ ...NO_DETAILS, ...details });
    await statements.announced({
      peerId: 'peer',
      connectionId: connectionOf('peer'),
      catalogIds: [fileId(file)],
      removedCatalogIds: [],
      isFull: false,
      updateId: '',
      isFinal: true,
      at: file,
    });
    await statements.described({
      catalogId: fileId(file),
      peerId: 'peer',
      folder: '',
      facts: { ...facts, title: { ...facts.title, ...title }, ...(known && { details: known }) },
      at: file,
    });
    return file;
  }

  const shown = async (found: readonly Found[]) => {
    const titles = await database.client.title.findMany({
      where: { id: { in: found.map(({ titleId }) => titleId) } },
    });
    const byId = new Map(titles.map((title) => [title.id, title]));
    return found.map(({ titleId }) => {
      const { name, season, episode } = byId.get(titleId)!;
      return episode === null ? name : `${name} ${season}x${episode}`;
    });
  };
  const wanted = (text: string, conditions: Prisma.Sql[] = []) => {
    const parsed = parseSearch(text);
    if (parsed.kind !== 'search') throw new Error(`${text} is ${parsed.kind}`);
    return { query: parsed.query, conditions };
  };
  const find = async (text: string, conditions: Prisma.Sql[] = []) => {
    const found = await search.page(wanted(text, conditions), null, 50);
    expect((await search.all(wanted(text, conditions))).count).toBe(found.length);
    return shown(found);
  };

  it.each([
    ['alien', ['Alien', 'Alien: Romulus', 'Aliens', 'Cowboys & Aliens', 'Ripley’s Friend']],
    ['alien 1979', ['Alien']],
    ['1979 alien', ['Alien']],
    ['ALIENS cowb', ['Cowboys & Aliens']],
    ['cowboys and aliens', ['Cowboys & Aliens']],
    ['amelie', ['Amélie']],
    ['fabuleux', ['Amélie']],
    ['uber', ['Über uns das All']],
    ['ubér UNS', ['Über uns das All']],
    ['strasse', ['Die Straße']],
    ['straße', ['Die Straße']],
    ['ＡＬＩＥＮＳ', ['Aliens', 'Cowboys & Aliens']],
    ['СТАЛКЕР', ['Сталкер']],
    ['οδυσσεια', ['Οδύσσεια', 'Το Βλέμμα του Οδυσσέα']],
    ['ΟΔΥΣΣΕΙΑΣ', ['Το Βλέμμα του Οδυσσέα']],
    ['matrix', ['The Matrix', 'The Matrix Reloaded']],
    ['the matrix', ['The Matrix', 'The Matrix Reloaded']],
    ['spiderman', ['Spider-Man']],
    ['spider man', ['Spider-Man']],
    ['amour', ["L'Amour fou"]],
    ["l'amour", ["L'Amour fou"]],
    ['物語', ['東京物語']],
    ['東京', ['東京物語']],
    ['とうきょう', ['トウキョウソナタ']],
    ['show', ['Show 1x1', 'Show 1x2', 'Show 1x3', 'Show 2x3']],
    ['show s1e3', ['Show 1x3']],
    ['show S01E03', ['Show 1x3']],
    ['show 1x03', ['Show 1x3']],
    ['show season 1 episode 3', ['Show 1x3']],
    ['s02e03', ['Show 2x3']],
    ['show s1', ['Show 1x1', 'Show 1x2', 'Show 1x3']],
    ['finale', ['Show 2x3']],
    ['tarkovsky', ['Сталкер']],
    ['tarkovsky stalk', ['Сталкер']],
    ['zone wishes', ['Сталкер']],
    ['science fiction', ['Сталкер']],
    ['tarkosvky', ['Сталкер']],
    ['alein 1979', ['Alien']],
    ['romluus', ['Alien: Romulus']],
    ['Spidre-Mann', ['Spider-Man']],
    ['relaoded matrx', ['The Matrix Reloaded']],
    ['shwarzeneger', ['Arnold Schwarzenegger']],
    ['🦄', ['🦄 🌈']],
    ['nothing of that kind', []],
    ['%', []],
    ['1=1', []],
  ] as [string, string[]][])('%s finds %j', async (text, names) => {
    expect(await find(text)).toEqual(names);
  });

  it('the newest of those that are called alike comes first', async () => {
    const found = await search.page(wanted('heat'), null, 10);
    const years = await Promise.all(
      found.map(({ titleId }) => database.client.title.findUniqueOrThrow({ where: { id: titleId } })),
    );
    expect(years.map(({ year }) => year)).toEqual([1995, 1986, null]);
  });

  it('pages follow each other without gaps and without any title twice, and know their number', async () => {
    for (const text of ['a', 's', 'alien', 'show', 'the', 'tarkosvky']) {
      const all = await search.page(wanted(text), null, 100);
      expect((await search.all(wanted(text))).count).toBe(all.length);
      const pages: Found[] = [];
      for (let after: SearchPosition | null = null; ; after = pages.at(-1) ?? null) {
        const page: Found[] = await search.page(wanted(text), after, 1);
        if (page.length === 0) break;
        pages.push(...page);
      }
      expect(pages).toEqual(all);
      expect(new Set(pages.map(({ titleId }) => titleId)).size).toBe(pages.length);
    }
  });

  it('what is hidden is neither found nor counted, misspelt or not', async () => {
    const limited = [seesTitle({ ratingLimit: 12, libraries: null }, Prisma.sql`t`)];
    for (const text of ['bambi', 'bam', 'bamby', 'kids', 'kidz'])
      expect(await find(text, limited)).toEqual(text.startsWith('b') ? ['Bambi'] : []);
    expect(await find('secret', limited)).toEqual([]);
    expect(await find('secert', limited)).toEqual([]);
    expect(await find('alien 1979', limited)).toEqual([]);
  });

  it('keeps to what else the filter asks for', async () => {
    const ofKind = (kind: 'EPISODE' | 'MOVIE') => conditionsBesideSearch({ ...NO_FILTER, kind }, NOT_LIMITED);
    expect(await find('s', ofKind('EPISODE'))).toHaveLength(4);
    expect(await find('show', ofKind('MOVIE'))).toEqual([]);
  });

  it('finds what is called or begins as it is typed, with numbers of seasons and years in it', {
    timeout: 60_000,
  }, async () => {
    const base = 'Qanat';
    const names = [base, `${base} Season 2`, `${base} S2`, `Season 3 ${base}`, `${base} 2x Season 4`];
    const years = [1987, 2010];
    const titled = names.flatMap((name) =>
      years.flatMap((year) => [
        { name, year, typed: `${name} ${year}` },
        { name: `${name} ${year} Uncut`, year: 2024, typed: `${name} ${year} uncut` },
      ]),
    );
    for (const { name, year } of titled) await share({ name, year });
    for (const { name, year, typed } of titled) {
      const found = await search.page(wanted(typed), null, 50);
      const rows = await database.client.title.findMany({
        where: { id: { in: found.map(({ titleId }) => titleId) } },
      });
      const first = rows.find(({ id }) => id === found[0]?.titleId);
      expect([typed, first?.name, first?.year]).toEqual([typed, name, year]);
      expect((await search.all(wanted(typed))).count).toBe(found.length);
      // What begins so is not lost for what is called so.
      if (!typed.endsWith('uncut')) expect(rows.map((row) => row.name)).toContain(`${typed} Uncut`);
    }
  });

  it('follows titles as they are respelt, corrected, joined and gone', async () => {
    const correct = (file: number, name: string | null) =>
      statements.correct({
        catalogId: fileId(file),
        title: name === null ? null : { ...factsNamed(name).title, certification: null },
        by: 'operator',
        at: 1,
      });
    const [one, other] = [await share({ name: 'Wrongname' }), await share({ name: 'Othername' })];
    expect(await find('wrongname')).toEqual(['Wrongname']);
    await correct(one, 'Rightname');
    expect([await find('wrongname'), await find('rightname')]).toEqual([[], ['Rightname']]);
    await correct(one, 'RIGHTNAME');
    expect(await find('rightname')).toEqual(['RIGHTNAME']);
    await correct(other, 'Rightname');
    expect([await find('othername'), await find('rightname')]).toEqual([[], ['Rightname']]);
    await correct(other, null);
    expect(await find('othername')).toEqual(['Othername']);
    await statements.superseded({ peerId: 'peer', catalogIds: [fileId(other)] });
    expect(await find('othername')).toEqual([]);
    await share({ name: 'Wrongname', details: { plot: 'Something unheard of' } }, one);
    await correct(one, null);
    expect(await find('unheard')).toEqual(['Wrongname']);
    await statements.superseded({ peerId: 'peer', catalogIds: [fileId(one)] });
    expect(await find('unheard')).toEqual([]);
  });

  it('finds the same for a season with a zero before it and without', async () => {
    const files: number[] = [];
    for (const name of [
      'Zerosaga Season 01',
      'Zerosaga Season 1',
      'Zerosaga Season 12',
      'Zerosaga Season 010',
    ])
      files.push(await share({ name }));
    files.push(await share({ name: 'Zerosaga', kind: 'EPISODE', season: 1, episode: 2 }));
    const found = async (text: string) => (await find(text)).toSorted();
    const first = ['Zerosaga 1x2', 'Zerosaga Season 01', 'Zerosaga Season 1'];
    for (const typed of ['season 1', 'season 01', 'Season 001', 's1'])
      expect([typed, await found(`zerosaga ${typed}`)]).toEqual([typed, expect.arrayContaining(first)]);
    expect(await found('zerosaga season 01')).toEqual(await found('zerosaga season 1'));
    for (const typed of ['season 1 episode 2', 'season 01 episode 02', 's01e02'])
      expect([typed, await found(`zerosaga ${typed}`)]).toEqual([typed, ['Zerosaga 1x2']]);
    // As it is typed, what begins so is among what is counted.
    expect(await found('zerosaga season 0')).toEqual(
      expect.arrayContaining(['Zerosaga Season 01', 'Zerosaga Season 010']),
    );
    await statements.superseded({ peerId: 'peer', catalogIds: files.map(fileId) });
  });

  it('asks once what a misspelt word may mean, for a page and the number of all', async () => {
    const index = createSearchIndex(database.provider, logger);
    await index.prepare(database);
    const alike = vi.spyOn(index, 'alike');
    const counting = createTitleSearch(database, index);
    const asked = wanted('tarkosvky');
    const [found, { count }] = await Promise.all([counting.page(asked, null, 10), counting.all(asked)]);
    expect([found.length, count, alike.mock.calls.length]).toEqual([1, 1, 1]);
    await counting.page(wanted('tarkosvky'), null, 10);
    expect(alike).toHaveBeenCalledTimes(2);
  });

  it('has room for episodes above the highest number that a rank can say', { timeout: 60_000 }, async () => {
    const numbers = Array.from({ length: 300 }, (_, n) => 3_000 + n);
    const ids = numbers.map((episode) => `daily-${episode}`);
    await database.client.title.createMany({
      data: numbers.map((episode, n) => ({
        id: ids[n]!,
        sortKey: `daily ${episode}`,
        searchText: ' daily',
        name: 'Dailynews',
        year: 2001,
        kind: 'EPISODE' as const,
        season: 1,
        episode,
        addedAt: new Date(n),
      })),
    });
    await createFormerTitles(database).renew(ids);
    expect((await search.all(wanted('dailynews'))).count).toBe(numbers.length);
    await database.client.title.deleteMany({ where: { id: { in: ids } } });
  });

  it('finds each title by what its files say, however many those beside it have', {
    timeout: 60_000,
  }, async () => {
    const ids = Array.from({ length: 11 }, (_, n) => `crowded-${n}`);
    const titled = { searchText: ' crowded', kind: 'MOVIE', addedAt: new Date(0) };
    await database.client.title.createMany({
      data: ids.map((id) => ({ ...titled, id, sortKey: id, name: 'Crowded' })),
    });
    const rows = ids.flatMap((titleId, n) =>
      Array.from({ length: n === 10 ? 1 : 200 }, (_, m) => ({
        catalogId: `${titleId}-${m}`,
        titleId,
        addedAt: new Date(n),
        details: { ...NO_DETAILS, plot: n === 10 ? 'Overlookedword' : 'Otherword' },
      })),
    );
    for (let from = 0; from < rows.length; from += 500) {
      const some = rows.slice(from, from + 500);
      await database.client.fileAvailability.createMany({
        data: some.map(({ catalogId }) => ({ catalogId, isAvailable: false, changedAt: new Date(0) })),
      });
      await database.client.mediaFile.createMany({
        data: some.map((row) => ({
          ...row,
          name: 'crowded',
          sizeBytes: 1n,
          describedBy: 'peer',
          describedAt: new Date(0),
          hashes: {},
        })),
      });
    }
    await createFormerTitles(database).renew(ids);
    expect(await find('overlookedword')).toEqual(['Crowded']);
    const ofThem = { titleId: { in: ids } };
    await database.client.mediaFile.deleteMany({ where: ofThem });
    await database.client.title.deleteMany({ where: { id: { in: ids } } });
  });

  it('makes a title that two processes fill at once found', async () => {
    const file = await share({ name: 'Twicefilled' });
    const { titleId } = await database.client.mediaFile.findUniqueOrThrow({
      where: { catalogId: fileId(file) },
    });
    await database.client.$executeRaw`DELETE FROM "TitleSearch" WHERE "titleId" = ${titleId}`;
    const renew = () => createFormerTitles(database).renew([titleId!]);
    let renewing: Promise<void>[] = [];
    if (database.provider === 'sqlite') renewing = [renew(), renew()];
    else
      await database.client.$transaction(async (transaction) => {
        await transaction.$executeRaw`SELECT 1 FROM "Title" WHERE "id" = ${titleId} FOR UPDATE`;
        renewing = [renew(), renew()];
        await expect
          .poll(async () => {
            const [row] = await database.client.$queryRaw<{ count: bigint }[]>`SELECT count(*) AS "count"
              FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%"Title"%'`;
            return Number(row?.count);
          })
          .toBe(2);
      });
    await Promise.all(renewing);
    expect(await find('twicefilled')).toEqual(['Twicefilled']);
    await statements.superseded({ peerId: 'peer', catalogIds: [fileId(file)] });
  });

  it('finds titles of a former version after the start', async () => {
    await database.client.$executeRaw`DELETE FROM "TitleSearch"`;
    expect(await find('alien')).toEqual([]);
    const done = Promise.withResolvers<void>();
    const fill = createSearchFill({
      titles: () => createFormerTitles(database),
      words: () => knownWords,
      onFilled: done.resolve,
      logger,
    });
    await fill.start();
    await done.promise;
    await fill.stop();
    expect((await find('alien'))[0]).toBe('Alien');
    expect(await find('tarkosvky')).toEqual(['Сталкер']);
  });

  const areKnown = async (...words: string[]) => {
    const rows = await database.client.$queryRaw<{ word: string }[]>`SELECT "word" FROM "SearchWord"
      WHERE "word" IN (${Prisma.join(words)}) ORDER BY "word"`;
    return rows.map(({ word }) => word);
  };

  it('forgets the words of titles that are gone, and no others', async () => {
    const file = await share({ name: 'Qwvzx Kangaroozle' });
    expect(await areKnown('qwvzx', 'kangaroozle', 'alien')).toEqual(['alien', 'kangaroozle', 'qwvzx']);
    expect([await find('qwvxz'), await find('kangarozle')]).toEqual([
      ['Qwvzx Kangaroozle'],
      ['Qwvzx Kangaroozle'],
    ]);
    await statements.superseded({ peerId: 'peer', catalogIds: [fileId(file)] });
    for (let after: string | null = ''; after !== null; ) after = await knownWords.removeUnused(after);
    expect(await areKnown('qwvzx', 'kangaroozle', 'alien')).toEqual(['alien']);
    expect(await find('tarkosvky')).toEqual(['Сталкер']);
  });

  it('knows so many words and no more', { timeout: 120_000 }, async () => {
    const [row] = await database.client.$queryRaw<{ count: number | bigint }[]>`SELECT count(*) AS "count"
      FROM "SearchWord"`;
    const fillers = MAX_KNOWN_WORDS - Number(row?.count) - 1;
    await database.client
      .$executeRaw`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${fillers})
      INSERT INTO "SearchWord" ("word") SELECT 'filler' || CAST(i AS TEXT) FROM n`;
    // The one beside it believes for a while what it counted.
    const fresh = await openDatabase({ url: url(), logger });
    const former = statements;
    statements = createPrismaStatements(fresh, { descriptionsPerPeer: 1_000, picturesPerPeer: 100 });
    await share({ name: 'Firstnew Secondnew' });
    await share({ name: 'Thirdnew' });
    statements = former;
    expect(await areKnown('firstnew', 'secondnew', 'thirdnew')).toHaveLength(1);
    expect(await find('secondnew firstnew')).toEqual(['Firstnew Secondnew']);
    await fresh.close();
    await database.client.$executeRaw`DELETE FROM "SearchWord" WHERE "word" LIKE 'filler%'`;
  });

  it('takes whatever is typed as nothing but text', { timeout: 120_000 }, async () => {
    const odd = fc.constantFrom(
      ...[
        '"',
        "'",
        "''",
        '*',
        ':',
        '(',
        ')',
        '-',
        '^',
        '+',
        '|',
        '&',
        '!',
        '<->',
        '\\',
        '%',
        '_',
        '\0',
        ';--',
        '{names}:',
      ],
      ...[
        'AND',
        'OR',
        'NOT',
        'NEAR(',
        'names:',
        'all:',
        ':*',
        '\u202E',
        '\u200B',
        '\uD83D',
        '\uDC00',
        '🦄',
        'a\u0301',
      ],
      ...['s1e1', '1979', '1x1', 'show', 'alien', 'ﷺ', 'İ', 'ẞ', '東京', 'שלום', '𝒜', ' '],
    );
    const hostile = fc.oneof(
      fc
        .array(fc.oneof(odd, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 12 })
        .map((some) => some.join('')),
      fc.string({ unit: 'binary', maxLength: 200 }),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const parsed = parseSearch(text);
        if (parsed.kind !== 'search') return;
        const asked = { query: parsed.query, conditions: [] };
        const found = await search.page(asked, null, 100);
        expect((await search.all(asked)).count).toBe(found.length);
      }),
      { numRuns: runs },
    );
    expect((await find('alien'))[0]).toBe('Alien');
  });

  it('any name is found by itself', { timeout: 120_000 }, async () => {
    const odd = fc.constantFrom(
      "L'",
      'Ö',
      'ß',
      '&',
      ' ',
      '-',
      '.',
      '3',
      'x',
      'season 1',
      's1 e2',
      'the ',
      '東京',
      '🦄',
      '‮',
    );
    const names = fc.array(fc.oneof(odd, fc.string({ unit: 'grapheme', maxLength: 6 })), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(names, async (parts) => {
        const name = parts.join('').trim();
        const parsed = parseSearch(name);
        if (name === '' || parsed.kind !== 'search') return;
        const file = await share({ name });
        const asked = { query: parsed.query, conditions: [] };
        const found = await search.page(asked, null, 100);
        expect(found[0]?.stage).toBe(0);
        expect((await search.all(asked)).count).toBe(found.length);
        await statements.superseded({ peerId: 'peer', catalogIds: [fileId(file)] });
      }),
      { numRuns: runs / 4 },
    );
  });
}

const MOVIE = { kind: 'MOVIE' } as const;
const show = (season: number, episode: number, details: Partial<MediaDetails> = {}): Titled => ({
  name: 'Show',
  kind: 'EPISODE',
  season,
  episode,
  details,
});
const TITLES: readonly Titled[] = [
  { name: 'Cowboys & Aliens', year: 2011 },
  { name: 'Aliens', year: 1986 },
  { name: 'Alien: Romulus', year: 2024 },
  { name: 'Alien', year: 1979 },
  { name: 'Ripley’s Friend', details: { plot: 'She meets an alien.' } },
  { name: 'Amélie', year: 2001, details: { originalTitle: "Le Fabuleux Destin d'Amélie Poulain" } },
  { name: 'Über uns das All' },
  { name: 'Die Straße' },
  {
    name: 'Сталкер',
    year: 1980,
    details: {
      originalTitle: 'Stalker',
      genres: ['Science Fiction'],
      plot: 'A guide leads two men into the Zone, where wishes come true.',
      people: [{ name: 'Andrei Tarkovsky', role: null, job: 'DIRECTOR' }],
    },
  },
  { name: 'Οδύσσεια' },
  { name: 'Το Βλέμμα του Οδυσσέα', details: { originalTitle: 'ΟΔΥΣΣΕΙΑΣ' } },
  { name: 'The Matrix Reloaded', year: 2003 },
  { name: 'The Matrix', year: 1999 },
  { name: 'Spider-Man', year: 2002 },
  { name: "L'Amour fou" },
  { name: '東京物語', year: 1953 },
  { name: 'トウキョウソナタ' },
  show(2, 3, { episodeTitle: 'The Finale' }),
  show(1, 3),
  show(1, 2),
  show(1, 1),
  { name: 'Heat', year: 1986 },
  { name: 'Heat', year: 1995 },
  { name: 'Heat' },
  { name: 'Arnold Schwarzenegger', details: {} },
  { name: '🦄 🌈' },
  { name: 'Bambi', ...MOVIE, details: { certification: 'G' } },
  { name: 'Secret', details: { certification: 'R' } },
  { name: 'Kids', details: { certification: 'R' } },
];
