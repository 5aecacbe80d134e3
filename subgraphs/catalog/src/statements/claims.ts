import { type Database, Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { inChunks } from '../store/chunks.ts';
import { affectedFiles } from './affected.ts';
import { inTransaction, type Settled, settle } from './settle.ts';
import type { Announcement, Check, Closing, Connection } from './statements.ts';

/** Few enough that the event loop, which SQLite holds meanwhile, is free again after some milliseconds. */
const CLAIMS_PER_WRITE = 100;

/**
 * Which files each peer holds now. Each write takes the newest of what was said, whatever comes first, and what follows from
 * it is settled afterwards in transactions of its own: delivered again, an event does all of it again.
 */
export function createClaims(database: Database) {
  const { client } = database;

  const claim = (event: Announcement, catalogIds: readonly CatalogId[], isAnnounced: boolean) =>
    inChunks(
      [...new Set(catalogIds)].sort(),
      async (some) => {
        const { peerId, connectionId } = event;
        const rows = some.map(
          (id) =>
            Prisma.sql`(${peerId}, ${id}, ${connectionId}, ${BigInt(event.at)}, ${isAnnounced}, ${isAnnounced})`,
        );
        const isNewer = Prisma.sql`(excluded."connectionId" > "HoldingClaim"."connectionId" OR
        (excluded."connectionId" = "HoldingClaim"."connectionId" AND excluded."announcedAt" >= "HoldingClaim"."announcedAt"))`;
        const newest = (column: string) => {
          const name = Prisma.raw(`"${column}"`);
          return Prisma.sql`${name} = CASE WHEN ${isNewer} THEN excluded.${name} ELSE "HoldingClaim".${name} END`;
        };
        await client.$executeRaw`INSERT INTO "HoldingClaim"
          ("peerId", "catalogId", "connectionId", "announcedAt", "isAnnounced", "wasAnnounced")
        VALUES ${Prisma.join(rows)}
        ON CONFLICT ("peerId", "catalogId") DO UPDATE SET
          ${newest('connectionId')}, ${newest('announcedAt')}, ${newest('isAnnounced')},
          "wasAnnounced" = ("HoldingClaim"."wasAnnounced" OR excluded."wasAnnounced")`;
        return [];
      },
      CLAIMS_PER_WRITE,
    );

  /** Claims that hold no more, of files of which the peer has said nothing. */
  const forget = (peerId: string, condition: Prisma.Sql) =>
    client.$executeRaw`DELETE FROM "HoldingClaim" WHERE "peerId" = ${peerId} AND "outcome" IS NULL AND ${condition}
      AND NOT EXISTS (SELECT 1 FROM "FileStatement" s
        WHERE s."peerId" = "HoldingClaim"."peerId" AND s."catalogId" = "HoldingClaim"."catalogId")
      AND NOT EXISTS (SELECT 1 FROM "Picture" p
        WHERE p."peerId" = "HoldingClaim"."peerId" AND p."catalogId" = "HoldingClaim"."catalogId")`;

  return {
    async connected({ peerId, connectionId, network, at }: Connection): Promise<Settled> {
      await client.$executeRaw`INSERT INTO "SharingPeer" ("peerId", "network", "networkConnection", "firstSeenAt")
        VALUES (${peerId}, ${network ?? ''}, ${connectionId}, ${BigInt(at)})
        ON CONFLICT ("peerId") DO UPDATE SET
          "network" = CASE WHEN excluded."networkConnection" >= "SharingPeer"."networkConnection"
            THEN excluded."network" ELSE "SharingPeer"."network" END,
          "networkConnection" = CASE WHEN excluded."networkConnection" >= "SharingPeer"."networkConnection"
            THEN excluded."networkConnection" ELSE "SharingPeer"."networkConnection" END,
          "firstSeenAt" = CASE WHEN "SharingPeer"."firstSeenAt" = 0 OR excluded."firstSeenAt" < "SharingPeer"."firstSeenAt"
            THEN excluded."firstSeenAt" ELSE "SharingPeer"."firstSeenAt" END`;
      return settle(database, await affectedFiles(client, peerId, null));
    },

    async announced(event: Announcement): Promise<Settled> {
      await claim(event, event.catalogIds, true);
      await claim(event, event.removedCatalogIds, false);
      if (!event.isFull) {
        const among = [...event.catalogIds, ...event.removedCatalogIds];
        return settle(database, await affectedFiles(client, event.peerId, among));
      }
      await announceInFull(database, event);
      if (!event.isFinal)
        return settle(database, await affectedFiles(client, event.peerId, event.catalogIds));
      await forget(
        event.peerId,
        Prisma.sql`EXISTS (SELECT 1 FROM "SharingPeer" f WHERE f."peerId" = "HoldingClaim"."peerId" AND (
          f."fullConnection" > "HoldingClaim"."connectionId" OR (f."fullConnection" = "HoldingClaim"."connectionId"
            AND f."fullSince" > "HoldingClaim"."announcedAt")))`,
      );
      return settle(database, await affectedFiles(client, event.peerId, null));
    },

    async closed({ peerId, connectionId, at }: Closing): Promise<Settled> {
      await client.$executeRaw`INSERT INTO "SharingPeer" ("peerId", "closedConnection", "closedAt")
        VALUES (${peerId}, ${connectionId}, ${BigInt(at)})
        ON CONFLICT ("peerId") DO UPDATE
          SET "closedConnection" = excluded."closedConnection", "closedAt" = excluded."closedAt"
          WHERE excluded."closedConnection" >= "SharingPeer"."closedConnection"`;
      await forget(peerId, Prisma.sql`"connectionId" <= ${connectionId}`);
      return settle(database, await affectedFiles(client, peerId, null));
    },

    async checked({ peerId, connectionId, catalogId, outcome, at }: Check): Promise<Settled> {
      await client.$executeRaw`INSERT INTO "HoldingClaim" ("peerId", "catalogId", "outcome", "checkedConnection", "checkedAt")
        VALUES (${peerId}, ${catalogId}, ${outcome}, ${connectionId}, ${BigInt(at)})
        ON CONFLICT ("peerId", "catalogId") DO UPDATE SET "outcome" = excluded."outcome",
          "checkedConnection" = excluded."checkedConnection", "checkedAt" = excluded."checkedAt"
        WHERE excluded."checkedConnection" > "HoldingClaim"."checkedConnection"
          OR (excluded."checkedConnection" = "HoldingClaim"."checkedConnection"
            AND excluded."checkedAt" >= "HoldingClaim"."checkedAt")`;
      const said = await client.$queryRaw<object[]>`
        SELECT "catalogId" FROM "FileStatement" WHERE "catalogId" = ${catalogId} AND "peerId" = ${peerId}
        UNION SELECT "catalogId" FROM "Picture" WHERE "catalogId" = ${catalogId} AND "peerId" = ${peerId}`;
      return said.length > 0 ? settle(database, [catalogId]) : NOTHING;
    },
  };
}

const NOTHING: Settled = { settled: [], titleFull: [] };

/** Notes that what a peer announced before is not held; from the first to the last event of an announcement in parts. */
async function announceInFull(database: Database, event: Announcement): Promise<void> {
  const { peerId, connectionId, isFinal } = event;
  const update = `${connectionId}/${event.updateId}`;
  const at = BigInt(event.at);
  await inTransaction(database, async (transaction) => {
    const none = { peerId };
    // Written first, so that it is locked.
    const peer = await transaction.sharingPeer.upsert({ where: none, create: none, update: none });
    const isOfKnown = connectionId === peer.fullConnection && at <= peer.fullUntil;
    if (connectionId < peer.fullConnection || isOfKnown) return;
    const since = peer.pendingUpdate === update && peer.pendingSince < at ? peer.pendingSince : at;
    const data = isFinal
      ? { fullConnection: connectionId, fullSince: since, fullUntil: at, pendingUpdate: '', pendingSince: 0n }
      : { pendingUpdate: update, pendingSince: since };
    await transaction.sharingPeer.update({ where: none, data });
  });
}
