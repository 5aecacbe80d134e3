import { type Logger, notReady, READY, type Service, withDeadline } from '@giggityflix/kernel';
import { type Database, openDatabase } from '@giggityflix/prisma';
import type { OnUnreadable } from './readable.ts';
import { createPrismaStore } from './store.prisma.ts';
import type { CatalogStore } from './store.ts';

/** How long `GET /ready` waits for the database. */
const CHECK_DEADLINE_MS = 2_000;

/** The store as a part of the service: its database is open from `start` to `stop`; before and after, `store` throws. */
export function createStore(options: {
  url: string;
  logger: Logger;
  onUnreadable: OnUnreadable;
}): Service & { store(): CatalogStore } {
  const { url, logger, onUnreadable } = options;
  let open: { database: Database; store: CatalogStore } | null = null;
  return {
    store() {
      if (!open) throw new Error('the database is not open');
      return open.store;
    },
    async start() {
      const database = await openDatabase({ url, logger });
      open = { database, store: createPrismaStore(database, onUnreadable) };
    },
    async stop() {
      await open?.database.close();
      open = null;
    },
    async ready() {
      try {
        await withDeadline(Promise.resolve(open?.database.check()), CHECK_DEADLINE_MS, 'asking the database');
        return READY;
      } catch (error) {
        return notReady(`the database cannot be reached: ${error instanceof Error ? error.message : error}`);
      }
    },
  };
}
