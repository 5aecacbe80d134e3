import { type Logger, type Service, UnavailableError } from '@giggityflix/kernel';
import {
  type Database,
  databaseReadiness,
  isDatabaseUnavailable,
  openDatabase,
  type PrismaClient,
} from '@giggityflix/prisma';

/** The database of people, open between `start` and `stop`. */
export interface Storage extends Service {
  /**
   * `provider` is for the few statements in which the two kinds of database differ.
   * @throws UnavailableError when the database cannot be reached.
   */
  ask<T>(query: (client: PrismaClient, provider: Database['provider']) => Promise<T>): Promise<T>;
}

const NAME = 'the database of accounts';

export function createStorage(options: { url: string; logger: Logger }): Storage {
  let database: Database | null = null;
  return {
    async start() {
      database = await openDatabase({ ...options, prepares: true });
    },
    async stop() {
      const open = database;
      database = null;
      await open?.close();
    },
    ready: () => databaseReadiness(database, NAME),
    async ask(query) {
      if (!database) throw new UnavailableError(NAME);
      try {
        return await query(database.client, database.provider);
      } catch (error) {
        if (!isDatabaseUnavailable(error)) throw error;
        options.logger.error({ err: error }, `${NAME} cannot be reached`);
        throw new UnavailableError(NAME, { cause: error });
      }
    },
  };
}
