import { setTimeout as sleep } from 'node:timers/promises';
import { boundCache } from '@giggityflix/state';
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3';
import type { SqlDriverAdapter, SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { Database as Connection, Statement } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { createLock } from './lock.ts';
import { createTurn } from './turn.ts';

/** How long a statement blocks the thread for another process's write; longer waits yield in between. */
const BLOCKING_WAIT_MS = 20;
/** How long to go on trying to write while other processes do. */
const BUSY_DEADLINE_MS = 5_000;
const BUSY_RETRY_MS = 10;
/** Most statements that are kept prepared. */
const MAX_PREPARED = 100;

type SqliteAdapter = SqlDriverAdapter & { client: Connection };

/**
 * Prisma's better-sqlite3 adapter, made safe for concurrent use of its one connection:
 *
 * - A statement outside a transaction waits for the open one to end. The connection is shared, so it would
 *   otherwise become part of that transaction, and be undone with it.
 * - Transactions take the write lock when they begin. One that reads first and writes later could fail at
 *   the write (SQLITE_BUSY_SNAPSHOT), where waiting does not help.
 * - Waiting for another process's lock does not block the thread, nor do many statements that follow each other.
 */
export function createSqliteAdapter(file: string): SqlDriverAdapterFactory {
  const factory = new PrismaBetterSqlite3({ url: file, timeout: BLOCKING_WAIT_MS });
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    async connect() {
      const adapter = (await factory.connect()) as SqliteAdapter;
      // The first to read the file, which another process may be closing.
      await whileBusy(async () => boundCache(adapter.client));
      return guard(adapter);
    },
  };
}

function guard(adapter: SqliteAdapter): SqlDriverAdapter {
  const lock = createLock();
  const prepare = createPrepare(adapter.client);
  const turn = createTurn();
  // By then BEGIN IMMEDIATE has run, and the adapter's own BEGIN is to change nothing.
  adapter.client.prepare = ((sql: string) =>
    prepare(sql === 'BEGIN' ? 'SAVEPOINT begun' : sql)) as Connection['prepare'];
  const alone = async <T>(run: () => Promise<T>): Promise<T> => {
    const release = await lock.acquire();
    try {
      await turn();
      return await whileBusy(run);
    } finally {
      release();
    }
  };
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    queryRaw: (query) => alone(() => adapter.queryRaw(query)),
    executeRaw: (query) => alone(() => adapter.executeRaw(query)),
    executeScript: (script) => alone(() => adapter.executeScript(script)),
    dispose: () => adapter.dispose(),
    async startTransaction(isolationLevel) {
      const release = await lock.acquire();
      try {
        await turn();
        await whileBusy(() => adapter.executeScript('BEGIN IMMEDIATE'));
        const transaction = await adapter.startTransaction(isolationLevel);
        const { commit, rollback } = transaction;
        transaction.commit = () => commit.call(transaction).finally(release);
        transaction.rollback = () => rollback.call(transaction).finally(release);
        return transaction;
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

/**
 * Prepares each statement once: the adapter would have SQLite compile it for every query, which takes longer than most of
 * them. The adapter binds and runs a statement in one step, so that no two queries share one.
 */
function createPrepare(client: Connection): (sql: string) => object {
  const prepare = client.prepare.bind(client);
  const prepared = new LRUCache<string, Statement>({ max: MAX_PREPARED });
  return (sql) => {
    const statement = prepared.get(sql) ?? prepare(sql);
    prepared.set(sql, statement);
    return {
      run: () => statement.run(),
      bind: (values: unknown[]) => ({
        reader: statement.reader,
        columns: () => statement.columns(),
        run: () => statement.run(values),
        raw: () => ({ all: () => statement.raw().all(values) }),
      }),
    };
  };
}

async function whileBusy<T>(run: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + BUSY_DEADLINE_MS;
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!isBusy(error) || Date.now() >= deadline) throw error;
      await sleep(BUSY_RETRY_MS);
    }
  }
}

/** Looks at the shape: the adapter may carry its own copy of the error's class. */
function isBusy(error: unknown): boolean {
  const { cause, code } = error as { cause?: { kind?: string }; code?: string };
  return cause?.kind === 'SocketTimeout' || (code?.startsWith('SQLITE_BUSY') ?? false);
}
