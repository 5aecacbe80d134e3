import { Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { inChunks } from '../store/chunks.ts';
import type { Transaction } from './said.ts';

/** Whether whose word a title is (`o`) holds the file (`m`), and has proven it where the peer in question (`s`) has. */
const ranksAsHigh = Prisma.sql`EXISTS (SELECT 1 FROM "HoldingClaim" h LEFT JOIN "SharingPeer" p ON p."peerId" = h."peerId"
  WHERE h."peerId" = o."peerId" AND h."catalogId" = m."catalogId" AND h."isAnnounced"
    AND (p."peerId" IS NULL OR (p."closedConnection" < h."connectionId" AND (p."fullConnection" < h."connectionId"
      OR (p."fullConnection" = h."connectionId" AND p."fullSince" <= h."announcedAt"))))
    AND (h."outcome" = 'proven' OR (h."outcome" IS NULL AND NOT EXISTS (
      SELECT 1 FROM "HoldingClaim" c WHERE c."peerId" = s."peerId" AND c."catalogId" = m."catalogId"
        AND c."outcome" = 'proven'))))`;

/**
 * Files of a peer whose description may be another when it comes or goes: not those that it describes as all others do,
 * which are most, unless it is the one whose word their title is, or would be as the elder, or a library is made of what one of them has. `among` narrows the search to some files.
 */
export async function affectedFiles(
  client: Transaction,
  peerId: string,
  among: readonly CatalogId[] | null,
): Promise<CatalogId[]> {
  const read = async (some: readonly CatalogId[] | null) => {
    const within = (alias: string) =>
      some ? Prisma.sql`AND ${Prisma.raw(alias)}."catalogId" IN (${Prisma.join([...some])})` : Prisma.empty;
    return client.$queryRaw<{ catalogId: CatalogId }[]>`
      SELECT s."catalogId" FROM "FileStatement" s WHERE s."peerId" = ${peerId} ${within('s')} AND (
        NOT s."isSettled"
        OR NOT EXISTS (SELECT 1 FROM "MediaFile" m WHERE m."catalogId" = s."catalogId" AND m."digest" = s."digest")
        OR EXISTS (SELECT 1 FROM "FileStatement" o WHERE o."catalogId" = s."catalogId" AND o."digest" <> s."digest")
        OR EXISTS (SELECT 1 FROM "MediaFile" m
          JOIN "FileStatement" o ON o."catalogId" = m."catalogId" AND o."peerId" <> s."peerId"
          WHERE m."catalogId" = s."catalogId" AND (m."describedBy" = s."peerId"
            OR (m."describedBy" = o."peerId" AND (s."firstAt" <= o."firstAt" OR NOT ${ranksAsHigh})))))
      UNION SELECT s."catalogId" FROM "FileStatement" s WHERE s."peerId" = ${peerId} ${within('s')}
        AND EXISTS (SELECT 1 FROM "FileStatement" o WHERE o."catalogId" = s."catalogId" AND o."peerId" <> s."peerId")
        AND EXISTS (SELECT 1 FROM "FileStatement" o JOIN "LibrarySource" l ON l."peerId" = o."peerId"
          WHERE o."catalogId" = s."catalogId")
      UNION SELECT p."catalogId" FROM "Picture" p WHERE p."peerId" = ${peerId} ${within('p')} AND (
        NOT p."isShown"
        OR EXISTS (SELECT 1 FROM "Picture" o WHERE o."catalogId" = p."catalogId" AND o."peerId" <> p."peerId"))`;
  };
  const rows = among ? await inChunks(among, read) : await read(null);
  return rows.map(({ catalogId }) => catalogId);
}
