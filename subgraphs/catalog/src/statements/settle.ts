import { type Database, Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { inChunks } from '../store/chunks.ts';
import type { Facts } from './facts.ts';
import { inReadableParts, readFacts } from './read-facts.ts';
import { createRooms, type Rooms } from './room.ts';
import { type Said, saidOf, type Transaction } from './said.ts';
import { type Correction, type FileInView, isSettled, settleFile } from './settle-file.ts';
import { settleLibraries } from './settle-libraries.ts';
import { showPictures } from './settle-pictures.ts';
import { settleTitles } from './settle-titles.ts';
import { heard } from './standing.ts';

/** Files of one transaction. */
const FILES_PER_TRANSACTION = 100;
const TRANSACTION_TIMEOUT_MS = 30_000;

/** What became of files whose statements, or holders, changed. */
export interface Settled {
  /** Files that may have become known. */
  settled: CatalogId[];
  /** Files that are not shown, because their title holds all the files it may. */
  titleFull: CatalogId[];
}

/**
 * Makes the rows of files what is said of them now. Depends only on what is in the database, so that it may run again, and
 * whoever runs last has seen what all others wrote before.
 */
export async function settle(database: Database, catalogIds: readonly CatalogId[]): Promise<Settled> {
  const { freed, ...settled } = await settleAll(database, catalogIds);
  await settleWaiting(database, freed);
  return settled;
}

/** Files that wait for a place in a title and are tried at once; those of each network in turn, so that none is behind all of another. */
const WAITING_AT_ONCE = 100;

/** Tries the files again that wait for room in titles which have some now, and those that get room by that. */
export async function settleWaiting(database: Database, titleIds: ReadonlySet<string>): Promise<void> {
  for (let freed = titleIds; freed.size > 0; ) {
    const waiting = await inChunks(
      [...freed],
      (some) =>
        database.client.$queryRaw<{ catalogId: CatalogId }[]>`SELECT "catalogId" FROM (
            SELECT "catalogId", "weight", "since",
              row_number() OVER (PARTITION BY "holder" ORDER BY "weight" DESC, "since", "catalogId") AS "turn"
            FROM "WaitingFile" WHERE "titleId" IN (${Prisma.join([...some])})) AS waiting
          ORDER BY "turn", "weight" DESC, "since", "catalogId" LIMIT ${WAITING_AT_ONCE}`,
    );
    ({ freed } = await settleAll(
      database,
      waiting.map(({ catalogId }) => catalogId),
    ));
  }
}

/** {@link settleWaiting} for the titles of files that nobody has any more; of those that were proven that changes nothing. */
export async function settleWaitingBeside(database: Database, catalogIds: readonly string[]): Promise<void> {
  const titles = await inChunks(
    catalogIds,
    (some) => database.client.$queryRaw<{ titleId: string }[]>`SELECT DISTINCT w."titleId" FROM "MediaFile" m
      JOIN "WaitingFile" w ON w."titleId" = m."titleId" WHERE NOT m."isProven" AND m."catalogId" IN (${Prisma.join([...some])})`,
  );
  await settleWaiting(database, new Set(titles.map(({ titleId }) => titleId)));
}

async function settleAll(database: Database, catalogIds: readonly CatalogId[]) {
  const titleFull: CatalogId[] = [];
  const freed = new Set<string>();
  const sorted = [...new Set(catalogIds)].sort();
  await inChunks(
    sorted,
    async (some) => {
      const within = await inTransaction(database, async (transaction) => {
        const rooms = createRooms(transaction);
        return { rooms, full: await settleWithin(transaction, database, some, rooms) };
      });
      titleFull.push(...within.full);
      for (const titleId of within.rooms.freed) freed.add(titleId);
      return [];
    },
    FILES_PER_TRANSACTION,
  );
  return { settled: sorted, titleFull, freed };
}

export function inTransaction<T>(
  database: Database,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  return database.client.$transaction(work, {
    timeout: TRANSACTION_TIMEOUT_MS,
    maxWait: TRANSACTION_TIMEOUT_MS,
  });
}

/** {@link settle} as part of a transaction. Returns the files whose titles are full. */
export async function settleWithin(
  transaction: Transaction,
  database: Database,
  catalogIds: CatalogId[],
  rooms: Rooms,
): Promise<CatalogId[]> {
  const { provider } = database;
  await lockFiles(transaction, provider, catalogIds);
  const statements = Map.groupBy(await saidOf(transaction, 'FileStatement', catalogIds), fileOf);
  const pictures = Map.groupBy(await saidOf(transaction, 'Picture', catalogIds), fileOf);
  const where = { catalogId: { in: catalogIds } };
  const rows = byFile(await transaction.mediaFile.findMany({ where }));
  const corrections = byFile((await transaction.titleCorrection.findMany({ where })) as Correction[]);
  const files = catalogIds.map((catalogId) => {
    const said = statements.get(catalogId) ?? [];
    const [row, correction] = [rows.get(catalogId) ?? null, corrections.get(catalogId) ?? null];
    return { catalogId, said, voters: heard(said), row, correction };
  });
  const titleFull: CatalogId[] = [];
  for (const part of inReadableParts(files.filter((file) => !isSettled(file)))) {
    const facts = await readFacts(
      transaction,
      part.flatMap(({ voters }) => voters),
    );
    if (provider !== 'sqlite' && part.some((file) => mentionsIds(file, facts)))
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${IDENTITY_LOCK})`;
    for (const file of part) {
      const outcome = await settleFile(transaction, file, { facts, rooms });
      if (outcome === 'title_full') titleFull.push(file.catalogId);
    }
  }
  await settleLibraries(transaction, files);
  for (const [catalogId, said] of pictures) await showPictures(transaction, catalogId, said);
  const unsettled = [...statements.values()].flat().some((each) => !each.isSettled);
  if (unsettled)
    await transaction.fileStatement.updateMany({
      where: { ...where, isSettled: false },
      data: { isSettled: true },
    });
  await settleTitles(transaction, database, rooms.changed);
  return titleFull;
}

/** Names the lock under which files find their titles by ids: each is to see what all others say. */
const IDENTITY_LOCK = 0x6769_6765;

function mentionsIds({ voters, row }: FileInView, facts: ReadonlyMap<string, Facts>): boolean {
  return (
    row?.details != null ||
    voters.some(({ digest }) => (facts.get(digest)?.details?.externalIds.length ?? 0) > 0)
  );
}

/** SQLite's transactions exclude each other anyway. */
export async function lockFiles(
  transaction: Transaction,
  provider: Database['provider'],
  catalogIds: CatalogId[],
): Promise<void> {
  if (provider === 'sqlite') return;
  await transaction.$queryRaw`SELECT "catalogId" FROM "FileAvailability"
    WHERE "catalogId" = ANY(${catalogIds}) ORDER BY "catalogId" FOR UPDATE`;
}

const fileOf = ({ catalogId }: Said) => catalogId;

function byFile<T extends { catalogId: string }>(rows: readonly T[]): Map<string, T> {
  return new Map(rows.map((row) => [row.catalogId, row]));
}
