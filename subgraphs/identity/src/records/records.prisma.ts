import { untilSettled } from '../database/conflicts.ts';
import type { Storage } from '../database/database.ts';
import { type ProviderRecords, SECRET_KINDS } from './records.ts';
import { columnsOf, recordOf, storedKey } from './rows.ts';

export function createPrismaRecords(storage: Storage): ProviderRecords {
  return {
    put: (key, record) =>
      storage.ask(async ({ providerRecord }) => {
        const { kind, id } = storedKey(key);
        const value = columnsOf(key, record);
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
        const record = recordOf(row, now);
        if (record && SECRET_KINDS.has(kind)) record.payload.jti = key.id;
        return record;
      }),
    findByUid: (kind, uid, now) =>
      storage.ask(async ({ providerRecord }) =>
        recordOf(
          await providerRecord.findFirst({ where: { kind, uid, expiresAt: { gt: BigInt(now) } } }),
          now,
        ),
      ),
    findByUserCode: (kind, userCode, now) =>
      storage.ask(async ({ providerRecord }) =>
        recordOf(
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

function hasGrant(session: unknown, grantId: string): boolean {
  const { authorizations = {} } = session as { authorizations?: Record<string, { grantId?: string }> };
  return Object.values(authorizations).some((each) => each.grantId === grantId);
}
