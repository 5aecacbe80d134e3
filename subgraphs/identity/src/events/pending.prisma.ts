import { ACCESS_CHANGES } from '@giggityflix/bus';
import type { Prisma } from '@giggityflix/prisma';
import { z } from 'zod';
import type { Storage } from '../database/database.ts';
import type { PendingChange, PendingChanges } from './pending.ts';

const KIND = 'AccessChange';
/** How long a change waits for the bus, in milliseconds: longer than any token lives. */
const KEEP_MS = 7 * 86_400_000;

// Not `accountId` and `grantId`: by those everything that an account and a device have is removed.
const payload = z.object({
  account_id: z.string(),
  device_id: z.string().nullable(),
  change: z.enum(ACCESS_CHANGES),
  noted_at: z.number(),
  done_at: z.number().nullable(),
});

/** In the table of what the provider stores, which has an id and an end for everything. */
export function createPrismaPendingChanges(storage: Storage): PendingChanges {
  const put = (change: PendingChange) =>
    storage.ask(async ({ providerRecord }) => {
      const { id } = change;
      const value = { payload: toPayload(change), expiresAt: BigInt(change.notedAt + KEEP_MS) };
      await providerRecord.upsert({
        where: { kind_id: { kind: KIND, id } },
        create: { kind: KIND, id, ...value },
        update: value,
      });
    });
  return {
    note: (change) => put({ ...change, doneAt: null }),
    done: (change, at) => put({ ...change, doneAt: at }),
    list: (limit) =>
      storage.ask(async ({ providerRecord }) => {
        const rows = await providerRecord.findMany({
          where: { kind: KIND },
          orderBy: { id: 'asc' },
          take: limit,
        });
        return rows.map((row) => fromRow(row.id, row.payload));
      }),
    remove: (id) =>
      storage.ask(async ({ providerRecord }) => {
        await providerRecord.deleteMany({ where: { kind: KIND, id } });
      }),
  };
}

function toPayload(change: PendingChange): Prisma.InputJsonObject {
  return {
    account_id: change.accountId,
    device_id: change.deviceId,
    change: change.change,
    noted_at: change.notedAt,
    done_at: change.doneAt,
  };
}

function fromRow(id: string, stored: unknown): PendingChange {
  const { account_id, device_id, change, noted_at, done_at } = payload.parse(stored);
  return { id, accountId: account_id, deviceId: device_id, change, notedAt: noted_at, doneAt: done_at };
}
