import { Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { mediaDetails } from '@giggityflix/proto/media-file';
import { inChunks } from './chunks.ts';
import type { CatalogReads } from './store.ts';

/** Reads what is said of works, and whose word it is. What cannot be read says nothing. */
export function createDetailsReader({
  client,
}: {
  client: Prisma.TransactionClient;
}): CatalogReads['detailsOfFiles'] {
  return async (catalogIds) => {
    const rows = await inChunks(catalogIds, (some) =>
      client.mediaFile.findMany({
        where: { catalogId: { in: some }, details: { not: Prisma.DbNull } },
        select: { catalogId: true, details: true, isProven: true, describedBy: true, describedAt: true },
      }),
    );
    const peers = await inChunks([...new Set(rows.map(({ describedBy }) => describedBy))], (some) =>
      client.sharingPeer.findMany({
        where: { peerId: { in: some } },
        select: { peerId: true, network: true, firstSeenAt: true },
      }),
    );
    const byId = new Map(peers.map((peer) => [peer.peerId, peer]));
    return rows.flatMap((row) => {
      const details = mediaDetails.safeParse(row.details);
      if (!details.success) return [];
      const peer = byId.get(row.describedBy);
      const firstAt = row.describedAt.getTime();
      return [
        {
          catalogId: row.catalogId as CatalogId,
          details: details.data,
          isProven: row.isProven,
          firstAt,
          peerId: row.describedBy,
          network: peer?.network || null,
          firstSeenAt: Number(peer?.firstSeenAt ?? 0),
          lastAt: firstAt,
        },
      ];
    });
  };
}
