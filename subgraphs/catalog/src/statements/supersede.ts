import { type Database, Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { forgetAvailability } from '../store/availability.ts';
import { inChunks } from '../store/chunks.ts';
import type { Transaction } from './said.ts';
import { inTransaction, type Settled, settle, settleWaiting } from './settle.ts';
import { settleTitles } from './settle-titles.ts';

/**
 * Forgets what a peer said of files that it has other content in place of. A file goes of which nobody else says anything,
 * and a title with its last file; what others say, and an operator's corrections, stay.
 */
export async function supersede(
  database: Database,
  peerId: string,
  catalogIds: readonly CatalogId[],
): Promise<Settled> {
  const freed = new Set<string>();
  await inChunks([...new Set(catalogIds)].sort(), async (some) => {
    const titles = await inTransaction(database, async (transaction) => {
      const left = await forget(transaction, peerId, some);
      await settleTitles(transaction, database, left);
      return left;
    });
    for (const titleId of titles) freed.add(titleId);
    await forgetAvailability(database.client, some);
    return [];
  });
  const outcome = await settle(database, catalogIds);
  await settleWaiting(database, freed);
  return outcome;
}

/** Returns the titles of the files that went. */
async function forget(transaction: Transaction, peerId: string, catalogIds: CatalogId[]): Promise<string[]> {
  const where = { peerId, catalogId: { in: catalogIds } };
  await transaction.fileStatement.deleteMany({ where });
  await transaction.picture.deleteMany({ where });
  await transaction.$executeRaw`DELETE FROM "WaitingFile" WHERE "catalogId" IN (${Prisma.join(catalogIds)})
    AND NOT EXISTS (SELECT 1 FROM "FileStatement" s WHERE s."catalogId" = "WaitingFile"."catalogId")`;
  const files = await transaction.$queryRaw<{ catalogId: string; titleId: string }[]>`
    SELECT m."catalogId", m."titleId" FROM "MediaFile" m
    WHERE m."catalogId" IN (${Prisma.join(catalogIds)}) AND m."describedBy" = ${peerId}
      AND NOT EXISTS (SELECT 1 FROM "FileStatement" s WHERE s."catalogId" = m."catalogId")
      AND NOT EXISTS (SELECT 1 FROM "TitleCorrection" c WHERE c."catalogId" = m."catalogId")`;
  await transaction.mediaFile.deleteMany({
    where: { catalogId: { in: files.map((file) => file.catalogId) } },
  });
  const titleIds = [...new Set(files.map(({ titleId }) => titleId))];
  await transaction.title.deleteMany({ where: { id: { in: titleIds }, files: { none: {} } } });
  return titleIds;
}
