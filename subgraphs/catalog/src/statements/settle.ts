import type { Database } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { inChunks } from '../store/chunks.ts';
import { inReadableParts, readFacts } from './read-facts.ts';
import { createRooms } from './room.ts';
import { type Said, saidOf, type Transaction } from './said.ts';
import { type Correction, isSettled, settleFile } from './settle-file.ts';
import { showPictures } from './settle-pictures.ts';
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
  const titleFull: CatalogId[] = [];
  const sorted = [...new Set(catalogIds)].sort();
  await inChunks(
    sorted,
    async (some) => {
      titleFull.push(
        ...(await inTransaction(database, (transaction) =>
          settleWithin(transaction, database.provider, some),
        )),
      );
      return [];
    },
    FILES_PER_TRANSACTION,
  );
  return { settled: sorted, titleFull };
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
  provider: Database['provider'],
  catalogIds: CatalogId[],
): Promise<CatalogId[]> {
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
  const makeRoom = createRooms(transaction);
  for (const part of inReadableParts(files.filter((file) => !isSettled(file)))) {
    const facts = await readFacts(
      transaction,
      part.flatMap(({ voters }) => voters),
    );
    for (const file of part) {
      const outcome = await settleFile(transaction, file, { facts, makeRoom });
      if (outcome === 'title_full') titleFull.push(file.catalogId);
    }
  }
  for (const [catalogId, said] of pictures) await showPictures(transaction, catalogId, said);
  const unsettled = [...statements.values()].flat().some((each) => !each.isSettled);
  if (unsettled)
    await transaction.fileStatement.updateMany({
      where: { ...where, isSettled: false },
      data: { isSettled: true },
    });
  return titleFull;
}

/** SQLite's transactions exclude each other anyway. */
async function lockFiles(
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
