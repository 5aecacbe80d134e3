import { Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { type Standing, standingOf } from './standing.ts';
import type { Speaker } from './voices.ts';

export type Transaction = Prisma.TransactionClient;

/** That a peer said something of a file, with what speaks for it. */
export interface Said extends Speaker {
  catalogId: CatalogId;
  firstAt: number;
  standing: Standing;
  /** The digest of a statement. */
  digest: string;
  /** Where the peer has the file; empty where it does not say. */
  folder: string;
  isSettled: boolean;
  /** Whether pictures are those that are shown, and whether all of them are. */
  isShown: boolean;
  isAllShown: boolean;
}

interface Row {
  catalogId: string;
  peerId: string;
  firstAt: bigint;
  digest: string;
  folder: string;
  isSettled: boolean | number;
  isShown: boolean | number;
  isAllShown: boolean | number;
  connectionId: string | null;
  announcedAt: bigint | null;
  isAnnounced: boolean | number | null;
  wasAnnounced: boolean | number | null;
  outcome: string | null;
  closedConnection: string | null;
  closedAt: bigint | null;
  fullConnection: string | null;
  fullSince: bigint | null;
  network: string | null;
  firstSeenAt: bigint | null;
}

const SOURCES = {
  FileStatement: (
    ids: Prisma.Sql,
  ) => Prisma.sql`(SELECT "catalogId", "peerId", "firstAt", "digest", "folder", "isSettled",
      false AS "isShown", false AS "isAllShown"
    FROM "FileStatement" WHERE "catalogId" IN (${ids}))`,
  // Chosen before they are grouped: SQLite would group the pictures of all files first.
  Picture: (
    ids: Prisma.Sql,
  ) => Prisma.sql`(SELECT "catalogId", "peerId", min("takenAt") AS "firstAt", '' AS "digest", '' AS "folder",
      true AS "isSettled",
      max(CASE WHEN "isShown" THEN 1 ELSE 0 END) AS "isShown",
      min(CASE WHEN "isShown" THEN 1 ELSE 0 END) AS "isAllShown"
    FROM "Picture" WHERE "catalogId" IN (${ids}) GROUP BY "catalogId", "peerId")`,
};

/** Who stated something of these files, or has pictures of them. */
export async function saidOf(
  transaction: Transaction,
  source: keyof typeof SOURCES,
  catalogIds: readonly CatalogId[],
): Promise<Said[]> {
  if (catalogIds.length === 0) return [];
  const rows = await transaction.$queryRaw<Row[]>`
    SELECT said."catalogId", said."peerId", said."firstAt", said."digest", said."folder", said."isSettled", said."isShown", said."isAllShown",
      claim."connectionId", claim."announcedAt", claim."isAnnounced", claim."wasAnnounced", claim."outcome",
      peer."closedConnection", peer."closedAt", peer."fullConnection", peer."fullSince",
      peer."network", peer."firstSeenAt"
    FROM ${SOURCES[source](Prisma.join([...catalogIds]))} AS said
    LEFT JOIN "HoldingClaim" claim ON claim."peerId" = said."peerId" AND claim."catalogId" = said."catalogId"
    LEFT JOIN "SharingPeer" peer ON peer."peerId" = said."peerId"`;
  return rows.map((row) => ({
    catalogId: row.catalogId as CatalogId,
    peerId: row.peerId,
    firstAt: Number(row.firstAt),
    digest: row.digest,
    folder: row.folder,
    isSettled: Boolean(row.isSettled),
    isShown: Boolean(Number(row.isShown)),
    isAllShown: Boolean(Number(row.isAllShown)),
    network: row.network || null,
    firstSeenAt: Number(row.firstSeenAt ?? 0),
    lastAt: Math.max(Number(row.firstAt), Number(row.announcedAt ?? 0)),
    standing: standingOf(claimOf(row), peerOf(row)),
  }));
}

function claimOf(row: Row) {
  if (row.connectionId === null) return undefined;
  return {
    connectionId: row.connectionId,
    announcedAt: Number(row.announcedAt),
    isAnnounced: Boolean(row.isAnnounced),
    wasAnnounced: Boolean(row.wasAnnounced),
    outcome: row.outcome,
  };
}

function peerOf(row: Row) {
  if (row.closedConnection === null) return undefined;
  return {
    closedConnection: row.closedConnection,
    closedAt: Number(row.closedAt),
    fullConnection: row.fullConnection ?? '',
    fullSince: Number(row.fullSince),
  };
}
