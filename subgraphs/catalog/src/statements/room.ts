import { MAX_FILES_PER_TITLE } from '../store/limits.ts';
import type { Transaction } from './said.ts';

/**
 * Whether a title has room for one more file. A full one makes some by giving up the file that has least to speak for it,
 * unless that is as much as what speaks for the new one: first those that no peer has now and none has proven, then those
 * that are not proven, then those that no peer has now; the newest of several.
 */
async function makeRoom(transaction: Transaction, titleId: string, weight: number): Promise<boolean> {
  const last = await transaction.mediaFile.findFirst({
    where: { titleId },
    orderBy: [{ addedAt: 'asc' }, { catalogId: 'asc' }],
    skip: MAX_FILES_PER_TITLE - 1,
    select: { catalogId: true },
  });
  if (!last) return true;
  const [least] = await transaction.$queryRaw<{ catalogId: string; weight: number | bigint }[]>`
    SELECT m."catalogId", CASE WHEN m."isProven" THEN 2 ELSE 0 END + CASE WHEN a."isAvailable" THEN 1 ELSE 0 END AS "weight"
    FROM "MediaFile" m JOIN "FileAvailability" a ON a."catalogId" = m."catalogId"
    WHERE m."titleId" = ${titleId} ORDER BY "weight", m."addedAt" DESC, m."catalogId" DESC LIMIT 1`;
  if (!least || Number(least.weight) >= weight) return false;
  await transaction.mediaFile.delete({ where: { catalogId: least.catalogId } });
  return true;
}

/** What speaks for a file, as the query above has it for those of a title. */
export function weightOfFile({ isProven, isHeld }: { isProven: boolean; isHeld: boolean }): number {
  return (isProven ? 2 : 0) + (isHeld ? 1 : 0);
}

/** An operator's word weighs as much as a proof. */
export const WEIGHT_OF_CORRECTION = weightOfFile({ isProven: true, isHeld: true });

/** Whether a title has room for a file of that weight. */
export type MakeRoom = (titleId: string, weight: number) => Promise<boolean>;

/** {@link MakeRoom} that asks no title again that was found full: of many files that want one, most go away with nothing. */
export function createRooms(transaction: Transaction): MakeRoom {
  const full = new Set<string>();
  return async (titleId, weight) => {
    const key = `${titleId}/${weight}`;
    if (full.has(key)) return false;
    const hasRoom = await makeRoom(transaction, titleId, weight);
    if (!hasRoom) full.add(key);
    return hasRoom;
  };
}
