import type { Database } from '@giggityflix/prisma';
import { MAX_KNOWN_WORDS } from '../search/spelling.ts';
import type { Transaction } from './said.ts';

/** How long a count is believed: a count of all words takes longer than all else that is written with a title. */
const COUNT_FOR_MS = 30_000;

const counted = new WeakMap<Database, { left: number; at: number }>();

/**
 * Takes room for words that are to be known, at most as many as are wanted; as many as that may be added. What others add or
 * remove meanwhile is seen with the next count, so that there may be somewhat more words than the most.
 */
export async function takeRoomForWords(
  database: Database,
  transaction: Transaction,
  wanted: number,
): Promise<number> {
  let room = counted.get(database);
  if (!room || performance.now() - room.at > COUNT_FOR_MS) {
    const [row] = await transaction.$queryRaw<{ count: number | bigint }[]>`SELECT count(*) AS "count"
      FROM (SELECT 1 FROM "SearchWord" LIMIT ${MAX_KNOWN_WORDS}) AS words`;
    room = { left: MAX_KNOWN_WORDS - Number(row?.count ?? 0), at: performance.now() };
    counted.set(database, room);
  }
  const taken = Math.min(wanted, Math.max(room.left, 0));
  room.left -= taken;
  return taken;
}
