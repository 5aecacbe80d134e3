import { type Database, Prisma } from '@giggityflix/prisma';
import { forgetAvailability } from './availability.ts';
import type { CatalogStore } from './store.ts';

type Change = Parameters<CatalogStore['setAvailability']>[0];

/** Changes written in one statement; a SQLite statement takes 999 parameters. */
const BATCH_SIZE = 200;

/** What follows when no peer has some files any more. */
export type OnGone = (catalogIds: readonly string[]) => Promise<void>;

interface Waiting {
  change: Change;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Writes changes of availability, those that come while others are written in one statement: most are of files that
 * nobody has described, whose rows last as long as a peer has them.
 */
export function createAvailabilityWriter(
  { client }: Database,
  onGone: OnGone,
): CatalogStore['setAvailability'] {
  const waiting: Waiting[] = [];
  let writing = false;

  const write = async (changes: readonly Change[]) => {
    const rows = changes.map(
      ({ catalogId, isAvailable, peerCount, changedAt }) =>
        Prisma.sql`(${catalogId}, ${isAvailable}, ${peerCount}, ${new Date(changedAt)})`,
    );
    await client.$executeRaw`
      INSERT INTO "FileAvailability" ("catalogId", "isAvailable", "peerCount", "changedAt")
      VALUES ${Prisma.join(rows)}
      ON CONFLICT ("catalogId") DO UPDATE SET
        "isAvailable" = excluded."isAvailable", "peerCount" = excluded."peerCount", "changedAt" = excluded."changedAt"
      WHERE "FileAvailability"."changedAt" <= excluded."changedAt"`;
    const gone = changes.filter(({ isAvailable }) => !isAvailable);
    if (gone.length === 0) return;
    const before = new Date(Math.max(...gone.map(({ changedAt }) => changedAt)));
    await forgetAvailability(
      client,
      gone.map(({ catalogId }) => catalogId),
      before,
    );
    await onGone(gone.map(({ catalogId }) => catalogId));
  };

  /** The newest change of each file: one statement may not touch a row twice. */
  const newest = (batch: readonly Waiting[]): Change[] => {
    const byFile = new Map<string, Change>();
    for (const { change } of batch) {
      const known = byFile.get(change.catalogId);
      if (!known || known.changedAt <= change.changedAt) byFile.set(change.catalogId, change);
    }
    // Sorted, so that the statements of two instances lock rows in the same order.
    return [...byFile.values()].sort((a, b) => (a.catalogId < b.catalogId ? -1 : 1));
  };

  const run = async () => {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH_SIZE);
      try {
        await write(newest(batch));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    writing = false;
  };

  return (change) =>
    new Promise((resolve, reject) => {
      waiting.push({ change, resolve, reject });
      // What is handed over in the same turn is written together.
      if (!writing) {
        writing = true;
        setImmediate(run);
      }
    });
}
