import { type Database, Prisma, type PrismaClient } from '@giggityflix/prisma';
import { forgetAvailability } from '../store/availability.ts';
import { inChunks } from '../store/chunks.ts';
import { STATEMENT_MEMORY_MS } from './limits.ts';
import { inTransaction } from './settle.ts';
import { settleTitles } from './settle-titles.ts';

/** Peers forgotten at once; there are as many chances as connections end. */
const PEERS_AT_ONCE = 5;

/**
 * Deletes what peers said that left long ago. What the catalog shows of their files stays, but for files that are nobody's
 * word but theirs and that nobody has proven. Returns the titles of these.
 */
export async function forgetLongGone(database: Database, now: number): Promise<ReadonlySet<string>> {
  const { client } = database;
  const freed = new Set<string>();
  const before = BigInt(now - STATEMENT_MEMORY_MS);
  const peers = await client.$queryRaw<{ peerId: string }[]>`SELECT "peerId" FROM "SharingPeer"
    WHERE "closedAt" > 0 AND "closedAt" < ${before} AND "fullConnection" <= "closedConnection"
    ORDER BY "closedAt" LIMIT ${PEERS_AT_ONCE}`;
  for (const { peerId } of peers) {
    const described = await client.fileStatement.findMany({ where: { peerId }, select: { catalogId: true } });
    for (const titleId of await forgetFiles(client, peerId)) freed.add(titleId);
    await client.picture.deleteMany({ where: { peerId, isShown: false } });
    await client.fileStatement.deleteMany({ where: { peerId } });
    await client.$executeRaw`DELETE FROM "WaitingFile" WHERE NOT EXISTS
      (SELECT 1 FROM "FileStatement" s WHERE s."catalogId" = "WaitingFile"."catalogId")`;
    await client.holdingClaim.deleteMany({ where: { peerId } });
    await inChunks(described, async (some) => {
      await leaveLibraries(client, some);
      await forgetAvailability(
        client,
        some.map(({ catalogId }) => catalogId),
      );
      return [];
    });
    await client.sharingPeer.deleteMany({ where: { peerId } });
  }
  if (freed.size > 0)
    await inTransaction(database, (transaction) => settleTitles(transaction, database, freed));
  return freed;
}

/** A file of which nobody says anything is in no library. */
function leaveLibraries(client: PrismaClient, files: { catalogId: string }[]) {
  const ids = files.map(({ catalogId }) => catalogId);
  return client.$executeRaw`DELETE FROM "FileInLibrary" WHERE "catalogId" IN (${Prisma.join(ids)})
    AND NOT EXISTS (SELECT 1 FROM "FileStatement" s WHERE s."catalogId" = "FileInLibrary"."catalogId")`;
}

async function forgetFiles(client: PrismaClient, peerId: string): Promise<string[]> {
  const files = await client.$queryRaw<{ catalogId: string; titleId: string }[]>`
    SELECT m."catalogId", m."titleId" FROM "FileStatement" s
    JOIN "MediaFile" m ON m."catalogId" = s."catalogId"
    JOIN "FileAvailability" a ON a."catalogId" = s."catalogId"
    WHERE s."peerId" = ${peerId} AND m."describedBy" = ${peerId} AND NOT m."isProven" AND NOT a."isAvailable"
      AND NOT EXISTS (SELECT 1 FROM "FileStatement" o WHERE o."catalogId" = s."catalogId" AND o."peerId" <> ${peerId})
      AND NOT EXISTS (SELECT 1 FROM "TitleCorrection" c WHERE c."catalogId" = s."catalogId")`;
  await inChunks(files, async (some) => {
    const where: Prisma.MediaFileWhereInput = { catalogId: { in: some.map(({ catalogId }) => catalogId) } };
    await client.$transaction([
      client.mediaFile.deleteMany({ where }),
      client.picture.deleteMany({ where: { peerId, catalogId: where.catalogId as Prisma.StringFilter } }),
      client.title.deleteMany({
        where: { id: { in: some.map(({ titleId }) => titleId) }, files: { none: {} } },
      }),
    ]);
    return [];
  });
  return files.map(({ titleId }) => titleId);
}
