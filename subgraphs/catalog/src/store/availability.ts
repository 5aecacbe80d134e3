import { Prisma } from '@giggityflix/prisma';

/** A file's row refers to its availability, so that the two may come in either order. */
export async function ensureAvailability(
  client: Prisma.TransactionClient,
  catalogIds: readonly string[],
): Promise<void> {
  if (catalogIds.length === 0) return;
  const rows = catalogIds.map((catalogId) => Prisma.sql`(${catalogId}, ${new Date(0)})`);
  await client.$executeRaw`INSERT INTO "FileAvailability" ("catalogId", "changedAt")
    VALUES ${Prisma.join(rows)} ON CONFLICT ("catalogId") DO NOTHING`;
}

/**
 * Deletes the availability of files that no peer has and nobody said anything of, and of which nothing newer than `before`
 * is known. Returns how many there were.
 */
export function forgetAvailability(
  client: Prisma.TransactionClient,
  catalogIds: readonly string[],
  before = new Date(),
): Promise<number> {
  const other = Prisma.sql`WHERE o."catalogId" = "FileAvailability"."catalogId"`;
  return client.$executeRaw`DELETE FROM "FileAvailability"
    WHERE "catalogId" IN (${Prisma.join([...catalogIds])}) AND "changedAt" <= ${before}
      AND NOT "isAvailable"
      AND NOT EXISTS (SELECT 1 FROM "MediaFile" o ${other})
      AND NOT EXISTS (SELECT 1 FROM "FileStatement" o ${other})
      AND NOT EXISTS (SELECT 1 FROM "Picture" o ${other})`;
}
