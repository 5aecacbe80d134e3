import type { Logger, Service } from '@giggityflix/kernel';
import { type Database, databaseReadiness, openDatabase } from '@giggityflix/prisma';
import type { FormerPictures } from './artwork/former-pictures.ts';
import { createFormerPictures } from './statements/pictures.ts';
import { createPrismaStatements } from './statements/statements.prisma.ts';
import type { StatementLimits, Statements } from './statements/statements.ts';
import type { OnUnreadable } from './store/readable.ts';
import { createPrismaStore } from './store/store.prisma.ts';
import type { CatalogStore } from './store/store.ts';

export interface OpenDatabase {
  store: CatalogStore;
  statements: Statements;
  formerPictures: FormerPictures;
}

/** The database as a part of the service: open from `start` to `stop`; before and after, `opened` throws. */
export function createDatabase(options: {
  url: string;
  logger: Logger;
  limits: StatementLimits;
  onUnreadable: OnUnreadable;
}): Service & { opened(): OpenDatabase } {
  const { url, logger, limits, onUnreadable } = options;
  let open: (OpenDatabase & { database: Database }) | null = null;
  return {
    opened() {
      if (!open) throw new Error('the database is not open');
      return open;
    },
    async start() {
      const database = await openDatabase({ url, logger });
      const statements = createPrismaStatements(database, limits);
      open = {
        database,
        store: createPrismaStore(database, onUnreadable, statements.gone),
        statements,
        formerPictures: createFormerPictures(database),
      };
    },
    async stop() {
      await open?.database.close();
      open = null;
    },
    ready: () => databaseReadiness(open?.database ?? null, 'the database'),
  };
}
