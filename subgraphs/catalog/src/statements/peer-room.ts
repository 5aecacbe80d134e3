import { Prisma } from '@giggityflix/prisma';
import { LRUCache } from 'lru-cache';
import type { Transaction } from './said.ts';

/** Peers whose count is remembered. */
const MAX_PEERS = 10_000;
/** Instances that write at once: what each may add without counting again is its share of the room. */
const INSTANCES = 8;

const TABLES = { statements: Prisma.sql`"FileStatement"`, pictures: Prisma.sql`"Picture"` };

/** How much each peer may still have. Counting what one has takes as long as it is much, so that it is seldom done. */
export interface PeerRoom {
  /** Whether a peer may have one more. */
  make(transaction: Transaction, peerId: string): Promise<boolean>;
}

export function createPeerRoom(of: keyof typeof TABLES, maxPerPeer: number): PeerRoom {
  /** What may be added before it is counted again. */
  const uncounted = new LRUCache<string, number>({ max: MAX_PEERS });
  return {
    async make(transaction, peerId) {
      const left = uncounted.get(peerId) ?? 0;
      if (left > 0) {
        uncounted.set(peerId, left - 1);
        return true;
      }
      const [row] = await transaction.$queryRaw<{ count: number | bigint }[]>`SELECT count(*) AS "count"
        FROM (SELECT 1 FROM ${TABLES[of]} WHERE "peerId" = ${peerId} LIMIT ${maxPerPeer}) AS had`;
      const free = maxPerPeer - Number(row?.count ?? 0);
      if (free <= 0) return of === 'statements' && giveUp(transaction, peerId);
      uncounted.set(peerId, Math.max(0, Math.floor(free / INSTANCES) - 1));
      return true;
    },
  };
}

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
