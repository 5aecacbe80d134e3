import type { PrismaClient } from '@giggityflix/prisma';
import { LRUCache } from 'lru-cache';
import type { Transaction } from './said.ts';

/** Peers whose count is remembered. */
const MAX_PEERS = 10_000;
/** Instances that take in descriptions at once: what each may add without counting again is its share of the room. */
const INSTANCES = 8;

/** How much each peer may still say. Counting what one has said takes as long as it is much, so that it is seldom done. */
export type PeerRoom = ReturnType<typeof createPeerRoom>;

export function createPeerRoom(maxPerPeer: number) {
  /** Statements that may be added before they are counted again. */
  const uncounted = new LRUCache<string, number>({ max: MAX_PEERS });

  /** A peer that has said as much as it may gives up what it says of a file that it does not hold, if there is one. */
  async function giveUp(transaction: Transaction, peerId: string): Promise<boolean> {
    const given = await transaction.$executeRaw`DELETE FROM "FileStatement" WHERE "peerId" = ${peerId}
      AND "catalogId" IN (SELECT s."catalogId" FROM "FileStatement" s
        LEFT JOIN "HoldingClaim" c ON c."peerId" = s."peerId" AND c."catalogId" = s."catalogId"
        LEFT JOIN "SharingPeer" p ON p."peerId" = s."peerId"
        WHERE s."peerId" = ${peerId} AND (c."peerId" IS NULL OR NOT c."isAnnounced"
          OR c."connectionId" <= p."closedConnection" OR c."connectionId" < p."fullConnection"
          OR (c."connectionId" = p."fullConnection" AND c."announcedAt" < p."fullSince"))
        LIMIT 1)`;
    return given > 0;
  }

  return {
    /** Whether a peer may say something of one more file. */
    async make(transaction: Transaction, peerId: string): Promise<boolean> {
      const left = uncounted.get(peerId) ?? 0;
      if (left > 0) {
        uncounted.set(peerId, left - 1);
        return true;
      }
      const free = maxPerPeer - (await countUpTo(transaction, peerId, maxPerPeer));
      if (free <= 0) return giveUp(transaction, peerId);
      uncounted.set(peerId, Math.max(0, Math.floor(free / INSTANCES) - 1));
      return true;
    },
  };
}

async function countUpTo(
  client: Pick<PrismaClient, '$queryRaw'>,
  peerId: string,
  max: number,
): Promise<number> {
  const [row] = await client.$queryRaw<{ count: number | bigint }[]>`SELECT count(*) AS "count"
    FROM (SELECT 1 FROM "FileStatement" WHERE "peerId" = ${peerId} LIMIT ${max}) AS said`;
  return Number(row?.count ?? 0);
}
