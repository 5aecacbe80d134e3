import { resolve } from 'node:path';
import type { Logger } from '@giggityflix/kernel';
import { migrateSqlite, openSqlite as openFile } from '@giggityflix/state';
import type { Database } from './database.ts';
import { PrismaClient } from './generated/sqlite/client.ts';
import { readMigrations } from './migrations.ts';
import { createSqliteAdapter } from './sqlite-adapter.ts';

interface Shared {
  database: Promise<{ client: PrismaClient }>;
  users: number;
}

/**
 * Open files of this process. Services that share a process share the connection: two connections of
 * one thread would wait for each other's write lock with nobody left to release it.
 */
const open = new Map<string, Shared>();

export async function openSqlite(path: string, logger: Logger): Promise<Database> {
  const file = resolve(path);
  const shared = open.get(file) ?? { database: connect(file, logger), users: 0 };
  open.set(file, shared);
  shared.users += 1;
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    shared.users -= 1;
    if (shared.users > 0) return;
    open.delete(file);
    await (await shared.database).client.$disconnect();
  };
  try {
    const { client } = await shared.database;
    return {
      provider: 'sqlite',
      client,
      close,
      async check() {
        await client.$queryRaw`SELECT 1`;
      },
    };
  } catch (error) {
    closed = true;
    open.delete(file);
    throw error;
  }
}

/** Wrapped in an object, because a Prisma client is itself something one can await. */
async function connect(file: string, logger: Logger): Promise<{ client: PrismaClient }> {
  const database = openFile(file);
  try {
    migrateSqlite(
      database,
      readMigrations('sqlite').map(({ sql }) => sql),
    );
  } finally {
    database.close();
  }
  const client = new PrismaClient({ adapter: createSqliteAdapter(file), errorFormat: 'minimal' });
  await client.$connect();
  logger.debug({ file }, 'opened the database');
  return { client };
}
