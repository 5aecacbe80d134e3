import { createHash } from 'node:crypto';
import type { Prisma } from '@giggityflix/prisma';
import { untilSettled } from '../database/conflicts.ts';
import type { Storage } from '../database/database.ts';
import { type ProviderRecord, type ProviderRecords, type RecordKey, SECRET_KINDS } from './records.ts';

export function createPrismaRecords(storage: Storage): ProviderRecords {
  return {
    put: (key, { payload, expiresAt }) =>
      storage.ask(async ({ providerRecord }) => {
        const { kind, id } = storedKey(key);
        const { jti, ...rest } = payload;
        const value = {
          payload: (SECRET_KINDS.has(kind) ? rest : payload) as Prisma.InputJsonObject,
          accountId: textOf(payload.accountId),
          grantId: kind === 'Grant' ? key.id : textOf(payload.grantId),
          uid: textOf(payload.uid),
          userCode: textOf(payload.userCode),
          expiresAt: BigInt(expiresAt),
        };
        await untilSettled(() =>
          providerRecord.upsert({
            where: { kind_id: { kind, id } },
            create: { kind, id, ...value },
            update: value,
          }),
        );
      }),
    find: (key, now) =>
      storage.ask(async ({ providerRecord }) => {
        const { kind, id } = storedKey(key);
        const row = await providerRecord.findUnique({ where: { kind_id: { kind, id } } });
        const record = fromRow(row, now);
        if (record && SECRET_KINDS.has(kind)) record.payload.jti = key.id;
        return record;
      }),
    findByUid: (kind, uid, now) =>
      storage.ask(async ({ providerRecord }) =>
        fromRow(
          await providerRecord.findFirst({ where: { kind, uid, expiresAt: { gt: BigInt(now) } } }),
          now,
        ),
      ),
    findByUserCode: (kind, userCode, now) =>
      storage.ask(async ({ providerRecord }) =>
        fromRow(
          await providerRecord.findFirst({ where: { kind, userCode, expiresAt: { gt: BigInt(now) } } }),
          now,
        ),
      ),
    consume: (key, now) =>
      storage.ask(async ({ providerRecord }) => {
        const { count } = await providerRecord.updateMany({
          where: { ...storedKey(key), consumedAt: null },
          data: { consumedAt: BigInt(now) },
        });
        return count > 0;
      }),
    remove: (key) =>
      storage.ask(async ({ providerRecord }) => {
        await providerRecord.deleteMany({ where: storedKey(key) });
      }),
    removeGrant: (grantId) =>
      storage.ask(async ({ providerRecord }) => {
        await providerRecord.deleteMany({ where: { grantId } });
      }),
    removeAccount: (accountId) =>
      storage.ask(async ({ providerRecord }) => {
        await providerRecord.deleteMany({ where: { accountId } });
      }),
    removeSessionsOf: (accountId, grantId) =>
      storage.ask(async ({ providerRecord }) => {
        const rows = await providerRecord.findMany({ where: { kind: 'Session', accountId } });
        const ids = rows.flatMap(({ id, payload }) => (hasGrant(payload, grantId) ? [id] : []));
        if (ids.length > 0) await providerRecord.deleteMany({ where: { kind: 'Session', id: { in: ids } } });
      }),
    prune: (now) =>
      storage.ask(
        async ({ providerRecord }) =>
          (await providerRecord.deleteMany({ where: { expiresAt: { lte: BigInt(now) } } })).count,
      ),
  };
}

function storedKey({ kind, id }: RecordKey): RecordKey {
  return { kind, id: SECRET_KINDS.has(kind) ? createHash('sha256').update(id).digest('hex') : id };
}

function hasGrant(session: unknown, grantId: string): boolean {
  const { authorizations = {} } = session as { authorizations?: Record<string, { grantId?: string }> };
  return Object.values(authorizations).some((each) => each.grantId === grantId);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function fromRow(
  row: { payload: unknown; expiresAt: bigint; consumedAt: bigint | null } | null,
  now: number,
): ProviderRecord | null {
  if (!row || Number(row.expiresAt) <= now) return null;
  return {
    payload: row.payload as ProviderRecord['payload'],
    expiresAt: Number(row.expiresAt),
    consumedAt: row.consumedAt === null ? null : Number(row.consumedAt),
  };
}
