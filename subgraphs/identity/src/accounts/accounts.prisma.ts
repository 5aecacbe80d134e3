import { Prisma } from '@giggityflix/prisma';
import { untilSettled } from '../database/conflicts.ts';
import type { Storage } from '../database/database.ts';
import type { Account, AccountRole, AccountState } from './account.ts';
import type { Accounts, ChangeOutcome } from './accounts.ts';
import { loginKey } from './login.ts';

export function createPrismaAccounts(storage: Storage): Accounts {
  return {
    find: (id) => storage.ask(async ({ account }) => fromRow(await account.findUnique({ where: { id } }))),
    findByLogin: (login) =>
      storage.ask(async ({ account }) =>
        fromRow(await account.findUnique({ where: { loginKey: loginKey(login) } })),
      ),
    list: ({ first, after }) =>
      storage.ask(async ({ account }) => {
        // Ids are UUIDv7: their order is that of their times.
        const rows = await account.findMany({
          where: after === null ? {} : { id: { gt: after } },
          orderBy: { id: 'asc' },
          take: first,
        });
        return rows.map((row) => fromRow(row));
      }),
    isEmpty: () =>
      storage.ask(async ({ account }) => (await account.findFirst({ select: { id: true } })) === null),
    change: (id, change, at) => {
      const { libraries, ...rest } = change;
      return storage.ask((client) =>
        untilSettled(() =>
          client.$transaction(
            async (transaction): Promise<ChangeOutcome> => {
              const row = await transaction.account.findUnique({ where: { id } });
              if (!row) return { outcome: 'unknown' };
              const isLeaving =
                change.state === 'closed' || (change.role !== undefined && change.role !== 'owner');
              if (row.role === 'owner' && row.state !== 'closed' && isLeaving) {
                const others = { role: 'owner', state: { not: 'closed' }, id: { not: id } };
                if ((await transaction.account.count({ where: others })) === 0)
                  return { outcome: 'last_owner' };
              }
              const changed = await transaction.account.update({
                where: { id },
                data: {
                  ...rest,
                  ...(libraries !== undefined && { libraries: librariesColumn(libraries) }),
                  changedAt: at,
                },
              });
              return { outcome: 'changed', account: fromRow(changed) };
            },
            // Two owners who close each other at once must not both succeed.
            { isolationLevel: 'Serializable' },
          ),
        ),
      );
    },
  };
}

type Row = NonNullable<Awaited<ReturnType<Prisma.TransactionClient['account']['findUnique']>>>;

export function fromRow(row: Row): Account;
export function fromRow(row: Row | null): Account | null;
export function fromRow(row: Row | null): Account | null {
  if (!row) return null;
  const { id, login, name, role, state, plan, libraries, createdAt, changedAt } = row;
  return {
    id,
    login,
    name,
    role: role as AccountRole,
    state: state as AccountState,
    plan,
    libraries: libraries as string[] | null,
    createdAt,
    changedAt,
  };
}

export function librariesColumn(libraries: readonly string[] | null) {
  return libraries === null ? Prisma.DbNull : [...libraries];
}
