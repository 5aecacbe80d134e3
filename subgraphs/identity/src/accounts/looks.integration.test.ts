import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import { openDatabase } from '@giggityflix/prisma';
import { afterAll, expect, it } from 'vitest';
import { newAccount } from '../../testing/people.ts';
import { createStores } from '../stores.ts';
import { fillLooks } from './looks.prisma.ts';

const folder = mkdtempSync(join(tmpdir(), 'identity-looks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('are noted at the start of accounts that have none, and the older of two keeps its own', async () => {
  const url = `file:${join(folder, 'identity.db')}`;
  const logger = createLogger({ service: 'test', level: 'silent' });
  const rotation = { periodMs: 1e9, leadMs: 1e6, overlapMs: 1e6 };
  const stores = createStores({ url, rotation, logger });
  const withDatabase = async <T>(
    work: (database: Awaited<ReturnType<typeof openDatabase>>) => Promise<T>,
  ) => {
    const database = await openDatabase({ url, logger });
    return work(database).finally(() => database.close());
  };
  await stores.start();
  const older = await newAccount(stores, { login: 'coco' });
  await stores.stop();
  // As an earlier version could leave it.
  await withDatabase(async ({ client }) => {
    await client.loginLook.deleteMany();
    const { id: _, ...row } = (await client.account.findUnique({ where: { id: older.id } }))!;
    const login = '\u0441oco';
    await client.account.create({
      data: { ...row, libraries: undefined, id: 'f-younger', login, loginKey: login, founder: null },
    });
  });
  await stores.start();
  await expect(newAccount(stores, { login: 'co\u0441o' })).rejects.toThrow('login_alike');
  expect(await stores.accounts.findByLogin('\u0441oco')).toMatchObject({ id: 'f-younger' });
  await stores.stop();
  const owners = await withDatabase(({ client }) =>
    client.loginLook.findMany({ where: { accountId: older.id } }),
  );
  expect(owners.length).toBeGreaterThan(0);
});

it('are noted of an account all or none', async () => {
  const url = `file:${join(folder, 'crash.db')}`;
  const logger = createLogger({ service: 'test', level: 'silent' });
  const rotation = { periodMs: 1e9, leadMs: 1e6, overlapMs: 1e6 };
  const stores = createStores({ url, rotation, logger });
  await stores.start();
  await newAccount(stores, { login: 'PayPaI' });
  await stores.stop();
  const database = await openDatabase({ url, logger });
  const { client, provider } = database;
  const all = await client.loginLook.findMany({ orderBy: { look: 'asc' } });
  expect(all.length).toBeGreaterThan(1);
  await client.loginLook.deleteMany();
  let written = 0;
  const failing = client.$extends({
    query: {
      loginLook: {
        upsert({ args, query }) {
          written += 1;
          if (written === all.length) throw new Error('crash');
          return query(args);
        },
      },
    },
  });
  const storage = (asked: unknown) =>
    ({ ask: (query: (...of: unknown[]) => unknown) => query(asked, provider) }) as never;
  await expect(fillLooks(storage(failing))).rejects.toThrow('crash');
  expect(await client.loginLook.count()).toBe(0);
  await fillLooks(storage(client));
  expect(await client.loginLook.findMany({ orderBy: { look: 'asc' } })).toEqual(all);
  await database.close();
});
