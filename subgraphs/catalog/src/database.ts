import type { Logger, Service } from '@giggityflix/kernel';
import { type Database, databaseReadiness, openDatabase } from '@giggityflix/prisma';
import type { FormerPictures } from './artwork/former-pictures.ts';
import { createPrismaLibraries } from './libraries/libraries.prisma.ts';
import type { Libraries } from './libraries/libraries.ts';
import { createSearchIndex } from './search/index-of.ts';
import { createTitleSearch } from './search/title-search.ts';
import { createFormerAges, type FormerAges } from './statements/former-ages.ts';
import { createFormerTitles, type FormerTitles } from './statements/former-titles.ts';
import { createKnownWords, type KnownWords } from './statements/known-words.ts';
import { createFormerPictures } from './statements/pictures.ts';
import { createPrismaStatements } from './statements/statements.prisma.ts';
import type { StatementLimits, Statements } from './statements/statements.ts';
import type { OnUnreadable } from './store/readable.ts';
import { createPrismaStore } from './store/store.prisma.ts';
import type { CatalogStore } from './store/store.ts';

export interface OpenDatabase {
  store: CatalogStore;
  statements: Statements;
  libraries: Libraries;
  formerPictures: FormerPictures;
  formerAges: FormerAges;
  formerTitles: FormerTitles;
  knownWords: KnownWords;
  /** To be called when all titles can be found. */
  searchFilled(): void;
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
      const index = createSearchIndex(database.provider, logger);
      await index.prepare(database).catch(async (error) => {
        await database.close();
        throw error;
      });
      const search = createTitleSearch(database, index);
      let isFilled = false;
      const statements = createPrismaStatements(database, limits);
      open = {
        database,
        store: createPrismaStore(database, onUnreadable, statements.gone, () => (isFilled ? search : null)),
        statements,
        libraries: createPrismaLibraries(database),
        formerPictures: createFormerPictures(database),
        formerAges: createFormerAges(database),
        formerTitles: createFormerTitles(database),
        knownWords: createKnownWords(database, index),
        searchFilled() {
          isFilled = true;
        },
      };
    },
    async stop() {
      await open?.database.close();
      open = null;
    },
    ready: () => databaseReadiness(open?.database ?? null, 'the database'),
  };
}
