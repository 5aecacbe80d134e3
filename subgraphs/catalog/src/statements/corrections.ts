import type { Database } from '@giggityflix/prisma';
import { titleKind } from '../store/readable.ts';
import { toJsonObject } from '../store/rows.ts';
import type { TitleFacts } from '../titles/identity.ts';
import { createRooms, type Rooms } from './room.ts';
import type { Transaction } from './said.ts';
import { inTransaction, settleWaiting, settleWithin } from './settle.ts';
import { factsOfTitle, retitle } from './settle-file.ts';
import type { Statements } from './statements.ts';

class TitleFull extends Error {}

/** Sets or clears an operator's correction of a file's title, see {@link Statements.correct}. */
export async function correct(
  database: Database,
  { catalogId, title, by, at }: Parameters<Statements['correct']>[0],
): ReturnType<Statements['correct']> {
  try {
    const freed = await inTransaction(database, async (transaction) => {
      const rooms = createRooms(transaction);
      const row = await transaction.mediaFile.findUnique({ where: { catalogId }, include: { title: true } });
      if (!row) return null;
      if (title) {
        const said = { ...title, correctedBy: by, correctedAt: new Date(at) };
        const kind = titleKind.safeParse(row.title.kind);
        const former = kind.success ? factsOfTitle({ ...row.title, kind: kind.data }) : factsOfTitle(title);
        await transaction.titleCorrection.upsert({
          where: { catalogId },
          create: { catalogId, ...said, formerTitle: toJsonObject(former) },
          update: said,
        });
      } else await clear(transaction, catalogId, rooms);
      const titleFull = await settleWithin(transaction, database, [catalogId], rooms);
      // Thrown inside the transaction, so that nothing of the correction stays.
      if (titleFull.length > 0) throw new TitleFull();
      return rooms.freed;
    });
    if (!freed) return 'unknown_file';
    await settleWaiting(database, freed);
    return 'corrected';
  } catch (error) {
    if (error instanceof TitleFull) return 'title_full';
    throw error;
  }
}

/** Where nobody is heard, the title is again what it was before. */
async function clear(transaction: Transaction, catalogId: string, rooms: Rooms): Promise<void> {
  const correction = await transaction.titleCorrection.findUnique({ where: { catalogId } });
  if (!correction) return;
  await transaction.titleCorrection.delete({ where: { catalogId } });
  const row = await transaction.mediaFile.findUniqueOrThrow({ where: { catalogId } });
  const former = correction.formerTitle as unknown as TitleFacts;
  const outcome = await retitle(transaction, row, former, { rooms, by: 'peer' });
  if (outcome === 'title_full') throw new TitleFull();
}
