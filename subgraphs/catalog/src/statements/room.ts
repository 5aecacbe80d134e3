import { MAX_FILES_PER_TITLE } from '../store/limits.ts';
import type { Transaction } from './said.ts';

/**
 * Whether a title has room for one more file. A full one makes some by giving up the file that has least to speak for it,
 * unless that is as much as what speaks for the new one: first those that no peer has now and none has proven, then those
 * that are not proven, then those that no peer has now; the newest of several.
 */
export async function makeRoom(
  transaction: Transaction,
  titleId: string,
  isProven: boolean,
): Promise<boolean> {
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
  if (!least || Number(least.weight) >= weightOfHolder(isProven)) return false;
  await transaction.mediaFile.delete({ where: { catalogId: least.catalogId } });
  return true;
}

/** What the query computes for a file that a peer has. */
function weightOfHolder(isProven: boolean): number {
  return (isProven ? 2 : 0) + 1;
}
