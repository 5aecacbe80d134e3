import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import { type Database, openDatabase } from '@giggityflix/prisma';
import { type ExternalId, NO_DETAILS } from '@giggityflix/proto/media-file';
import { realPostgres } from '@giggityflix/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionOf, fileId } from '../../testing/events.ts';
import { factsNamed } from '../../testing/facts.ts';
import { titleId } from '../titles/identity.ts';
import { createPrismaStatements } from './statements.prisma.ts';
import type { Statements } from './statements.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const TABLES = [
  'FileIdentity',
  'MediaFile',
  'Title',
  'FileStatement',
  'HoldingClaim',
  'SharingPeer',
  'FileAvailability',
];
const postgres = await realPostgres();

interface Said {
  name: string;
  imdb: string | null;
  tmdb: string | null;
}

const said = fc.record({
  name: fc.constantFrom('A', 'B', 'C'),
  imdb: fc.constantFrom(null, 'tt0000001', 'tt0000002'),
  tmdb: fc.constantFrom(null, '1', '2'),
});

/** Files that peers of their own describe, some of them twice, and the order in which the catalog learns of them. */
const histories = fc
  .array(fc.tuple(said, fc.option(said)), { minLength: 2, maxLength: 6 })
  .chain((files) =>
    fc.tuple(fc.constant(files), fc.shuffledSubarray([...files.keys()], { minLength: files.length })),
  );

function factsOf({ name, imdb, tmdb }: Said) {
  const ids: [string, string | null][] = [
    ['imdb', imdb],
    ['tmdb', tmdb],
  ];
  const externalIds: ExternalId[] = ids.flatMap(([provider, value]) =>
    value ? [{ provider, value, ofShow: false }] : [],
  );
  const facts = factsNamed(name);
  return externalIds.length > 0 ? { ...facts, details: { ...NO_DETAILS, externalIds } } : facts;
}

describe('titles by ids, on SQLite', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  holds(() => `file:${join(folder, 'catalog.db')}`, 40);
});
describe.skipIf(postgres.skip)('titles by ids, on PostgreSQL', () => holds(() => postgres.url, 4));

function holds(url: () => string, numRuns: number): void {
  let database: Database;
  let statements: Statements;
  beforeAll(async () => {
    database = await openDatabase({ url: url(), logger });
    statements = createPrismaStatements(database, { descriptionsPerPeer: 100, picturesPerPeer: 100 });
  });
  afterAll(() => database.close());

  async function describeFile(n: number, facts: Said, at: number): Promise<void> {
    const peerId = `peer-${n}`;
    const catalogIds = [fileId(n + 1)];
    await statements.announced({
      peerId,
      connectionId: connectionOf(peerId),
      catalogIds,
      removedCatalogIds: [],
      isFull: false,
      updateId: '',
      isFinal: true,
      at,
    });
    await statements.described({ catalogId: fileId(n + 1), peerId, facts: factsOf(facts), at });
  }

  /** The titles of files, by their numbers. */
  async function titles(): Promise<Map<string, { titleId: string; name: string }>> {
    const rows = await database.client.mediaFile.findMany({ include: { title: true } });
    return new Map(rows.map(({ catalogId, titleId, title }) => [catalogId, { titleId, name: title.name }]));
  }

  async function learn(files: readonly [Said, Said | null][], order: readonly number[]) {
    for (const table of TABLES) await database.client.$executeRawUnsafe(`DELETE FROM "${table}"`);
    for (const n of order) await describeFile(n, files[n]![0], n + 1);
    for (const n of order) if (files[n]![1]) await describeFile(n, files[n]![1], n + 101);
    return titles();
  }

  it('are the same whatever the order, and no title is left without files', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ([files, order]) => {
        const inOrder = await learn(files, [...files.keys()]);
        expect(await learn(files, order)).toEqual(inOrder);
        expect(await database.client.title.count({ where: { files: { none: {} } } })).toBe(0);
        const last = files.map(([first, then]) => then ?? first);
        for (const [n, { name, imdb, tmdb }] of last.entries()) {
          const shown = inOrder.get(fileId(n + 1));
          // Without an id a file's title is that of its name, as it always was.
          if (!imdb && !tmdb) expect(shown?.titleId).toBe(titleId(factsNamed(name).title, fileId(n + 1)));
        }
      }),
      { numRuns },
    );
  });

  it('are one for files that share their only id', { timeout: 60_000 }, async () => {
    const one = fc.record({
      name: fc.constantFrom('A', 'B', 'C'),
      imdb: fc.constant('tt0000001'),
      tmdb: fc.constant(null),
    });
    const other = fc.record({
      name: fc.constantFrom('A', 'B'),
      imdb: fc.constant('tt0000002'),
      tmdb: fc.constant(null),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(one, other), { minLength: 2, maxLength: 6 }), async (files) => {
        const shown = await learn(
          files.map((file) => [file, null]),
          [...files.keys()],
        );
        const ids = Map.groupBy([...files.entries()], ([, { imdb }]) => imdb);
        const titlesOf = [...ids.values()].map(
          (some) => new Set(some.map(([n]) => shown.get(fileId(n + 1))?.titleId)),
        );
        for (const set of titlesOf) expect(set.size).toBe(1);
        expect(new Set(titlesOf.flatMap((set) => [...set])).size).toBe(titlesOf.length);
      }),
      { numRuns },
    );
  });
}
