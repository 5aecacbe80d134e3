import type { PrismaClient } from '@giggityflix/prisma';
import { STATEMENT_MEMORY_MS } from './limits.ts';

/** Peers forgotten at once; there are as many chances as connections end. */
const PEERS_AT_ONCE = 5;

/** Deletes what peers said that left long ago. What the catalog shows of their files stays. */
export async function forgetLongGone(client: PrismaClient, now: number): Promise<void> {
  const before = BigInt(now - STATEMENT_MEMORY_MS);
  const peers = await client.$queryRaw<{ peerId: string }[]>`SELECT "peerId" FROM "SharingPeer"
    WHERE "closedAt" > 0 AND "closedAt" < ${before} AND "fullConnection" <= "closedConnection"
    ORDER BY "closedAt" LIMIT ${PEERS_AT_ONCE}`;
  for (const { peerId } of peers) {
    await client.picture.deleteMany({ where: { peerId, isShown: false } });
    await client.fileStatement.deleteMany({ where: { peerId } });
    await client.holdingClaim.deleteMany({ where: { peerId } });
    await client.sharingPeer.deleteMany({ where: { peerId } });
  }
}
