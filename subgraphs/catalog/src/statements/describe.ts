import type { Database } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { ensureAvailability } from '../store/availability.ts';
import { toJsonObject } from '../store/rows.ts';
import { bounded, digestOf } from './facts.ts';
import { MAX_STATEMENTS_PER_FILE } from './limits.ts';
import { placeFor } from './place.ts';
import { createRooms } from './room.ts';
import { saidOf, type Transaction } from './said.ts';
import { inTransaction, settle, settleWaiting, settleWithin } from './settle.ts';
import type { Description, Outcome } from './statements.ts';

/** Takes in what a peer says of a file. */
export async function describe(
  database: Database,
  description: Description,
  maxPerPeer: number,
): Promise<Outcome> {
  const { catalogId, peerId, at } = description;
  const facts = bounded(description.facts);
  if (!facts) return { kind: 'refused', reason: 'too_long' };
  const digest = digestOf(facts);
  const where = { catalogId_peerId: { catalogId, peerId } };
  const select = { digest: true, firstAt: true, describedAt: true, isSettled: true } as const;
  const now = BigInt(at);
  const known = await database.client.fileStatement.findUnique({ where, select });
  if (known?.digest === digest && known.isSettled && known.firstAt <= now) {
    if (known.describedAt < now)
      await database.client.fileStatement.update({ where, data: { describedAt: now }, select });
    return { kind: 'taken', settled: [], titleFull: [] };
  }
  const stated = { digest, facts: toJsonObject(facts), describedAt: now };
  const isExclusive = database.provider === 'sqlite';
  let freed: ReadonlySet<string> = new Set();
  const outcome = await inTransaction<Outcome | null>(database, async (transaction) => {
    const current = await transaction.fileStatement.findUnique({ where, select });
    if (current) {
      const firstAt = now < current.firstAt ? now : current.firstAt;
      const changes = { firstAt, isSettled: false, ...(current.describedAt <= now && stated) };
      await transaction.fileStatement.update({ where, data: changes, select });
    } else {
      await ensureAvailability(transaction, catalogId);
      if (!(await roomAtPeer(transaction, peerId, maxPerPeer)))
        return { kind: 'refused', reason: 'peer_limit' };
      if (!(await roomAtFile(transaction, catalogId, peerId)))
        return { kind: 'refused', reason: 'file_limit' };
      await transaction.fileStatement.create({
        data: { catalogId, peerId, firstAt: now, ...stated },
        select,
      });
    }
    if (!isExclusive) return null;
    const rooms = createRooms(transaction);
    const titleFull = await settleWithin(transaction, database.provider, [catalogId], rooms);
    freed = rooms.freed;
    return { kind: 'taken', settled: [catalogId], titleFull };
  });
  await settleWaiting(database, freed);
  // PostgreSQL shows transactions what others committed, so there what was written is settled in one that begins after it.
  return outcome ?? { kind: 'taken', ...(await settle(database, [catalogId])) };
}

/** A peer that has said as much as it may gives up what it says of a file that it does not hold, if there is one. */
async function roomAtPeer(transaction: Transaction, peerId: string, max: number): Promise<boolean> {
  const last = await transaction.fileStatement.findFirst({
    where: { peerId },
    orderBy: { catalogId: 'asc' },
    skip: max - 1,
    select: { catalogId: true },
  });
  if (!last) return true;
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

/** A file of which enough peers say something gives up what one of them says, see {@link placeFor}. */
async function roomAtFile(transaction: Transaction, catalogId: CatalogId, peerId: string): Promise<boolean> {
  const said = await saidOf(transaction, 'FileStatement', [catalogId]);
  if (said.length < MAX_STATEMENTS_PER_FILE) return true;
  const given = await placeFor({ peerId, catalogId }, said, transaction);
  if (!given) return false;
  await transaction.fileStatement.delete({
    where: { catalogId_peerId: { catalogId, peerId: given.peerId } },
    select: { peerId: true },
  });
  return true;
}
