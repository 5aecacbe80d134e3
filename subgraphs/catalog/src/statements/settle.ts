import type { Database } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { inChunks } from '../store/chunks.ts';
import { type Said, saidOf, type Transaction } from './said.ts';
import { type Correction, settleFile } from './settle-file.ts';
import { showPictures } from './settle-pictures.ts';

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
  const titleFull: CatalogId[] = [];
  for (const catalogId of catalogIds) {
    const outcome = await settleFile(transaction, {
      catalogId,
      said: statements.get(catalogId) ?? [],
      row: rows.get(catalogId) ?? null,
      correction: corrections.get(catalogId) ?? null,
    });
    if (outcome === 'title_full') titleFull.push(catalogId);
    await showPictures(transaction, catalogId, pictures.get(catalogId) ?? []);
  }
  const unsettled = [...statements.values()].flat().some(({ isSettled }) => !isSettled);
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
