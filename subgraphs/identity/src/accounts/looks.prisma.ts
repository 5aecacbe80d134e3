import { untilSettled } from '../database/conflicts.ts';
import type { Storage } from '../database/database.ts';
import { loginLooks } from './looks.ts';

const PAGE = 500;

/** Notes what the logins of accounts look like that were made where nobody did. Of two that look the same the older has it. */
export async function fillLooks(storage: Storage): Promise<void> {
  let after = '';
  for (;;) {
    const accounts = await storage.ask(({ account }) =>
      account.findMany({
        where: { id: { gt: after } },
        orderBy: { id: 'asc' },
        take: PAGE,
        select: { id: true, login: true },
      }),
    );
    const ids = accounts.map(({ id }) => id);
    const noted = await storage.ask(({ loginLook }) =>
      loginLook.findMany({ where: { accountId: { in: ids } }, select: { accountId: true } }),
    );
    const known = new Set(noted.map(({ accountId }) => accountId));
    for (const { id: accountId, login } of accounts.filter(({ id }) => !known.has(id)))
      await note(storage, accountId, await loginLooks(login));
    const last = ids.at(-1);
    if (last === undefined || ids.length < PAGE) return;
    after = last;
  }
}

/** All at once, as an account that has any is not looked at again. */
async function note(storage: Storage, accountId: string, looks: readonly string[]): Promise<void> {
  await untilSettled(() =>
    storage.ask((client) =>
      client.$transaction(async ({ loginLook }) => {
        for (const look of looks)
          await loginLook.upsert({ where: { look }, create: { look, accountId }, update: {} });
        return true;
      }),
    ),
  );
}
