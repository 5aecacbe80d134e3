// cspell:disable: names in many languages
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOT_LIMITED } from '@giggityflix/http';
import { createLogger } from '@giggityflix/kernel';
import { type Database, openDatabase } from '@giggityflix/prisma';
import { detailsOrNull, NO_DETAILS } from '@giggityflix/proto/media-file';
import { realPostgres } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionOf, fileId } from '../../testing/events.ts';
import { factsNamed } from '../../testing/facts.ts';
import { createSearchIndex } from '../search/index-of.ts';
import { parseSearch } from '../search/query.ts';
import { createTitleSearch, type TitleSearch } from '../search/title-search.ts';
import type { Facts } from '../statements/facts.ts';
import { createFormerTitles } from '../statements/former-titles.ts';
import { createPrismaStatements } from '../statements/statements.prisma.ts';
import { createPrismaStore } from './store.prisma.ts';
import {
  type CatalogStore,
  NO_FILTER,
  type TitleFilter,
  type TitleList,
  type TitlePosition,
  type TitleSort,
} from './store.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const postgres = await realPostgres();

describe('orders in SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  listsInOrder(() => `file:${join(folder, 'catalog.db')}`);
});
describe.skipIf(postgres.skip)('orders in PostgreSQL', () => listsInOrder(() => postgres.url));

type Titled = Partial<Facts['title']> & { name: string; language?: string; certification?: string };

/** Each was added after the one before it. */
const TITLES: readonly Titled[] = [
  { name: 'The Matrix', year: 1999 },
  { name: 'Der Pate', year: 1972, certification: 'FSK 12' },
  { name: 'Die Hard', year: 1988, language: 'deu' },
  { name: 'Die Verurteilten', year: 1994, language: 'deu' },
  { name: "L'Avventura", year: 1960 },
  { name: 'Rocky 10' },
  { name: 'Rocky 2', year: 1979 },
  { name: 'Öl', year: 1999 },
  { name: 'The', year: 2016 },
  { name: 'Das Boot', kind: 'EPISODE', season: 1, episode: 10 },
  { name: 'Das Boot', kind: 'EPISODE', season: 1, episode: 9 },
  { name: 'Zürich', year: 1999, certification: 'FSK 6' },
];
const BY_NAME = [
  "L'Avventura",
  'Das Boot 9',
  'Das Boot 10',
  'Die Hard',
  'The Matrix',
  'Öl',
  'Der Pate',
  'Rocky 2',
  'Rocky 10',
  'The',
  'Die Verurteilten',
  'Zürich',
];

function listsInOrder(url: () => string): void {
  let database: Database;
  let search: TitleSearch;
  let store: CatalogStore;
  let isFilled = true;

  beforeAll(async () => {
    database = await openDatabase({ url: url(), logger });
    const statements = createPrismaStatements(database, { descriptionsPerPeer: 100, picturesPerPeer: 100 });
    const index = createSearchIndex(database.provider, logger);
    await index.prepare(database);
    search = createTitleSearch(database, index);
    store = createPrismaStore(database, undefined, undefined, () => (isFilled ? search : null));
    for (const [n, { name, language, certification, ...title }] of TITLES.entries()) {
      const facts = factsNamed(name);
      const catalogId = fileId(n + 1);
      const holding = { peerId: 'peer', connectionId: connectionOf('peer'), at: n + 1 };
      const all = { removedCatalogIds: [], isFull: false, updateId: '', isFinal: true };
      await statements.announced({ ...holding, ...all, catalogIds: [catalogId] });
      const details = certification && detailsOrNull({ ...NO_DETAILS, certification });
      await statements.described({
        catalogId,
        peerId: 'peer',
        folder: '',
        facts: {
          ...facts,
          title: { ...facts.title, ...title },
          file: { ...facts.file, language: language ?? null },
          ...(details && { details }),
        },
        at: n + 1,
      });
    }
  }, 60_000);
  afterAll(() => database.close());

  const searched = (text: string): TitleFilter => {
    const parsed = parseSearch(text);
    if (parsed.kind !== 'search') throw new Error(`${text} is ${parsed.kind}`);
    return { ...NO_FILTER, search: { query: parsed.query, words: text.split(' ') } };
  };

  /** All pages of a list, from a place on. */
  async function list(asked: Partial<TitleList>, size = 3, limits = NOT_LIMITED) {
    const names: string[] = [];
    let after: TitlePosition | null = asked.after ?? null;
    for (;;) {
      const page = await store
        .seenBy(limits)
        .pageOfTitles({ filter: NO_FILTER, sort: null, ...asked, after }, size);
      names.push(...page.map(({ title }) => [title.name, title.episode].filter(Boolean).join(' ')));
      if (page.length < size) return names;
      after = page.at(-1)?.position ?? null;
    }
  }

  it('lists names without their articles, where these are known to be some', async () => {
    expect(await list({})).toEqual(BY_NAME);
    expect(await list({ sort: 'NAME' }, 1)).toEqual(BY_NAME);
  });

  it('lists what was added last first', async () => {
    const names = TITLES.map(({ name, episode }) => [name, episode].filter(Boolean).join(' '));
    expect(await list({ sort: 'ADDED' })).toEqual(names.toReversed());
  });

  it('lists the newest years first, by name within one, and what has none last', async () => {
    const released = await list({ sort: 'RELEASED' }, 2);
    expect(released).toEqual([
      'The',
      'The Matrix',
      'Öl',
      'Zürich',
      'Die Verurteilten',
      'Die Hard',
      'Rocky 2',
      'Der Pate',
      "L'Avventura",
      'Das Boot 9',
      'Das Boot 10',
      'Rocky 10',
    ]);
  });

  it.each<TitleSort>(['NAME', 'ADDED', 'RELEASED'])(
    'lists what is found and seen alone by %s',
    async (sort) => {
      const byName = await list({ sort, filter: searched('rocky') }, 1);
      expect(byName.toSorted()).toEqual(['Rocky 10', 'Rocky 2']);
      expect(await list({ sort, filter: searched('rokcy') }, 1)).toEqual(byName);
      expect((await list({ sort, filter: { ...NO_FILTER, kind: 'EPISODE' } }, 1)).toSorted()).toEqual([
        'Das Boot 10',
        'Das Boot 9',
      ]);
      const child = { ...NOT_LIMITED, ratingLimit: 12 };
      expect((await list({ sort }, 1, child)).toSorted()).toEqual(['Der Pate', 'Zürich']);
      expect(await list({ sort, filter: searched('pate') }, 1, child)).toEqual(['Der Pate']);
    },
  );

  it('goes on with articles in a list that began so', async () => {
    const title = await database.client.title.findFirstOrThrow({ where: { name: 'Die Verurteilten' } });
    const rest = await list({ after: { sortKey: title.sortKey, id: title.id } });
    expect(rest.toSorted()).toEqual(
      ["L'Avventura", 'Rocky 10', 'Rocky 2', 'Öl', 'The', 'The Matrix', 'Zürich'].toSorted(),
    );
  });

  it('lists titles of a former version with their articles until all have their place', async () => {
    await database.client.$executeRaw`UPDATE "Title" SET "nameKey" = ''`;
    await database.client.$executeRaw`UPDATE "TitleSearch" SET "rules" = 1`;
    isFilled = false;
    // Under T, of which the collation of the database decides which is the first.
    expect((await list({})).slice(-3, -1).toSorted()).toEqual(['The', 'The Matrix']);
    expect(await list({ sort: 'ADDED', filter: searched('rocky') })).toEqual(['Rocky 2', 'Rocky 10']);
    const former = createFormerTitles(database);
    const { due, last } = await former.next('', 100);
    expect([due.length, last]).toEqual([TITLES.length, null]);
    await former.renew(due);
    isFilled = true;
    expect(await list({})).toEqual(BY_NAME);
  });
}
