import { untilSettled } from '../database/conflicts.ts';
import type { Storage } from '../database/database.ts';
import { type Attempt, type Failures, lockMs } from './failures.ts';

export function createPrismaFailures(storage: Storage): Failures {
  return {
    attempt: (key, backoff, at) =>
      storage.ask(({ failedSignIns }) =>
        untilSettled(async (): Promise<Attempt | null> => {
          const row = await failedSignIns.findUnique({ where: { key } });
          const isForgotten = !row || Number(row.changedAt) + backoff.forgetMs <= at;
          if (row && !isForgotten && Number(row.lockedUntil) > at)
            return { outcome: 'locked', retryMs: Number(row.lockedUntil) - at };
          const count = isForgotten ? 1 : row.count + 1;
          const next = { count, lockedUntil: BigInt(at + lockMs(count, backoff)), changedAt: BigInt(at) };
          if (!row) {
            await failedSignIns.create({ data: { key, ...next } });
            return { outcome: 'admitted' };
          }
          // Only if no other attempt was counted since the row was read.
          const seen = { key, count: row.count, lockedUntil: row.lockedUntil, changedAt: row.changedAt };
          const changed = await failedSignIns.updateMany({ where: seen, data: next });
          return changed.count > 0 ? { outcome: 'admitted' } : null;
        }),
      ),
    forget: (key) =>
      storage.ask(async ({ failedSignIns }) => {
        await failedSignIns.deleteMany({ where: { key } });
      }),
    discount: (key) =>
      storage.ask(async ({ failedSignIns }) => {
        await failedSignIns.updateMany({
          where: { key, count: { gt: 0 } },
          data: { count: { decrement: 1 }, lockedUntil: 0n },
        });
      }),
    prune: (before) =>
      storage.ask(
        async ({ failedSignIns }) =>
          (await failedSignIns.deleteMany({ where: { changedAt: { lt: BigInt(before) } } })).count,
      ),
  };
}
