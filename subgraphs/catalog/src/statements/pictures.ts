import type { Database } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { FormerPictures } from '../artwork/former-pictures.ts';
import { ensureAvailability } from '../store/availability.ts';
import { MAX_PICTURES_PER_PEER_AND_FILE, MAX_PICTURING_PEERS_PER_FILE } from './limits.ts';
import type { PeerRoom } from './peer-room.ts';
import { placeFor } from './place.ts';
import { saidOf, type Transaction } from './said.ts';
import { inTransaction, type Settled, settle } from './settle.ts';
import type { Outcome, PeerPicture, Refusal, RemovedPicture } from './statements.ts';

/** Takes in a peer's picture of a file. */
export async function takePicture(
  database: Database,
  { at, data, ...picture }: PeerPicture,
  room: PeerRoom,
): Promise<Outcome> {
  const { catalogId, peerId, index } = picture;
  const where = { catalogId_peerId_index: { catalogId, peerId, index } };
  const refused = await inTransaction<Refusal | null>(database, async (transaction) => {
    const known = await transaction.picture.findUnique({ where, select: { takenAt: true } });
    if (known && known.takenAt > BigInt(at)) return null;
    const reason = known ? null : await refusal(transaction, { at, data, ...picture }, room);
    if (reason) return reason;
    await ensureAvailability(transaction, [catalogId]);
    const columns = { ...picture, data: Buffer.from(data), takenAt: BigInt(at) };
    await transaction.picture.upsert({
      where,
      create: columns,
      update: columns,
      select: { index: true },
    });
    return null;
  });
  if (refused) return { kind: 'refused', reason: refused };
  return { kind: 'taken', ...(await settle(database, [catalogId])) };
}

/** Takes a picture back, unless a newer one came since. */
export async function removePicture(
  database: Database,
  { catalogId, peerId, index, at }: RemovedPicture,
): Promise<Settled> {
  const { count } = await database.client.picture.deleteMany({
    where: { catalogId, peerId, index, takenAt: { lte: BigInt(at) } },
  });
  return count > 0 ? settle(database, [catalogId]) : { settled: [], titleFull: [] };
}

async function refusal(
  transaction: Transaction,
  { catalogId, peerId }: PeerPicture,
  room: PeerRoom,
): Promise<Refusal | null> {
  if (!(await room.make(transaction, peerId))) return 'peer_limit';
  const said = await saidOf(transaction, 'Picture', [catalogId]);
  if (said.some((other) => other.peerId === peerId)) {
    const count = await transaction.picture.count({ where: { catalogId, peerId } });
    return count < MAX_PICTURES_PER_PEER_AND_FILE ? null : 'file_limit';
  }
  if (said.length < MAX_PICTURING_PEERS_PER_FILE) return null;
  const given = await placeFor({ peerId, catalogId }, said, transaction);
  if (!given) return 'file_limit';
  await transaction.picture.deleteMany({ where: { catalogId, peerId: given.peerId } });
  return null;
}

/** Pictures of a version that kept them as peers had sent them, and did not keep whose they were. */
export function createFormerPictures(database: Database): FormerPictures {
  const { client } = database;
  return {
    async next() {
      const row = await client.artwork.findFirst({ orderBy: [{ catalogId: 'asc' }, { index: 'asc' }] });
      if (!row) return null;
      const { catalogId, index, atSeconds, data, updatedAt } = row;
      return { catalogId: catalogId as CatalogId, index, atSeconds, data, takenAt: updatedAt.getTime() };
    },
    async replace({ catalogId, index, atSeconds, takenAt }, picture) {
      if (picture) {
        const columns = { ...picture, atSeconds, data: Buffer.from(picture.data), takenAt: BigInt(takenAt) };
        const key = { catalogId, peerId: '', index };
        await ensureAvailability(client, [catalogId]);
        await client.picture.upsert({
          where: { catalogId_peerId_index: key },
          create: { ...key, ...columns },
          update: columns,
          select: { index: true },
        });
        await settle(database, [catalogId]);
      }
      await client.artwork.deleteMany({ where: { catalogId, index } });
    },
  };
}
