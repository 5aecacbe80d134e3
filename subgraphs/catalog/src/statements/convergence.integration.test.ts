import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import { type Database, openDatabase } from '@giggityflix/prisma';
import { realPostgres } from '@giggityflix/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILES, type History, histories, modelOf, queuesOf } from '../../testing/histories.ts';
import { effective } from './effective.ts';
import { createPrismaStatements } from './statements.prisma.ts';
import type { Statements } from './statements.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const TABLES = ['MediaFile', 'Title', 'FileStatement', 'HoldingClaim', 'SharingPeer', 'FileAvailability'];
const postgres = await realPostgres();

/** Which queue is read next, and how many of its events are delivered again before it goes on. */
const schedules = fc.array(fc.tuple(fc.nat(), fc.nat(2)), { maxLength: 60 });

/** Two peers say the same in the end, and the one that spoke first is the last that is known to have the file. */
const ELDER_COMES_LATE: History = [
  { kind: 'add', peer: 'bob', file: FILES[0] },
  { kind: 'describe', peer: 'ann', file: FILES[0], name: 'A', language: null },
  { kind: 'full', peer: 'ann', files: [FILES[0]], inParts: false },
  { kind: 'describe', peer: 'bob', file: FILES[0], name: 'B', language: 'en' },
  { kind: 'describe', peer: 'ann', file: FILES[0], name: 'B', language: 'en' },
];

/** Who is the last that is known to have the file spoke later than who left, and says the same. */
const HEIR: History = [
  { kind: 'describe', peer: 'bob', file: FILES[0], name: 'C', language: 'de' },
  { kind: 'describe', peer: 'eve', file: FILES[0], name: 'C', language: 'de' },
  { kind: 'leave', peer: 'bob' },
  { kind: 'full', peer: 'eve', files: [FILES[0]], inParts: false },
  { kind: 'add', peer: 'bob', file: FILES[0] },
  { kind: 'leave', peer: 'bob' },
];

/** Who spoke first has not answered when the other, who says the same, shares the file. */
const UNANSWERED: History = [
  { kind: 'describe', peer: 'bob', file: FILES[0], name: 'C', language: 'de' },
  { kind: 'describe', peer: 'eve', file: FILES[0], name: 'C', language: 'de' },
  { kind: 'add', peer: 'bob', file: FILES[0] },
  { kind: 'check', peer: 'bob', file: FILES[0], outcome: 'unanswered' },
  { kind: 'add', peer: 'eve', file: FILES[0] },
];

describe('what is said of files, on SQLite', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'catalog-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  converges(() => `file:${join(folder, 'catalog.db')}`, 150);
});
describe.skipIf(postgres.skip)('what is said of files, on PostgreSQL', () =>
  converges(() => postgres.url, 15),
);

function converges(url: () => string, numRuns: number): void {
  let database: Database;
  let statements: Statements;
  beforeAll(async () => {
    database = await openDatabase({ url: url(), logger });
    const limits = { descriptionsPerPeer: 100, picturesPerPeer: 100 };
    statements = createPrismaStatements(database, limits);
  });
  afterAll(() => database.close());

  async function deliver(history: History, schedule: [number, number][]): Promise<void> {
    const queues = queuesOf(history, statements);
    const positions = queues.map(() => 0);
    const step = async (chosen: number, again: number) => {
      const waiting = queues.flatMap((queue, n) => ((positions[n] ?? 0) < queue.length ? [n] : []));
      const n = waiting[chosen % waiting.length];
      if (n === undefined) return false;
      const position = positions[n] ?? 0;
      await queues[n]?.[position]?.();
      positions[n] = Math.max(0, position + 1 - again);
      return true;
    };
    for (const [chosen, again] of schedule) await step(chosen, again);
    while (await step(0, 0));
  }

  it('comes to the same whatever the order and however often it is delivered', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(histories, schedules, async (history, schedule) => {
        for (const table of TABLES) await database.client.$executeRawUnsafe(`DELETE FROM "${table}"`);
        await deliver(history, schedule);
        for (const file of FILES) {
          const said = modelOf(history, file);
          const expected = effective(said);
          const row = await database.client.mediaFile.findUnique({
            where: { catalogId: file },
            include: { title: true },
          });
          if (said.some(({ standing: { kind } }) => kind === 'proven' || kind === 'unproven')) {
            expect(row?.title.name).toBe(expected?.title.name);
            expect(row).toMatchObject({
              language: expected?.file.language,
              describedBy: expected?.describedBy,
            });
          } else if (row) {
            // What was held, and left, before it was described is known in some orders only.
            const names = said.flatMap((each) => (each.standing.kind === 'failed' ? [] : each.names));
            expect(names).toContain(row.title.name);
          }
        }
      }),
      {
        numRuns,
        examples: [
          [ELDER_COMES_LATE, []],
          [HEIR, []],
          [UNANSWERED, []],
          [HEIR, [[1, 0]]],
          [HEIR, [[1_651_147_239, 0]]],
        ],
      },
    );
  });
}
