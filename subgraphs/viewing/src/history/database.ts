import { type Logger, type Service, UnavailableError } from '@giggityflix/kernel';
import { type Database, databaseReadiness, openDatabase } from '@giggityflix/prisma';

/** What is kept of viewers for good: what they watched and what they want to watch. */
export interface HistoryDatabase extends Service {
  /** @throws UnavailableError while it is not open. */
  client(): Database['client'];
  /**
   * Gives what `query` gives.
   *
   * @throws UnavailableError for whatever goes wrong in it; the log has the reason.
   */
  ask<T>(query: (client: Database['client']) => Promise<T>): Promise<T>;
}

/** In PostgreSQL or SQLite, one set of models. */
export function createHistoryDatabase(options: { url: string; logger: Logger }): HistoryDatabase {
  const { url, logger } = options;
  let database: Database | null = null;
  const client = () => {
    if (!database) throw new UnavailableError('the watch history');
    return database.client;
  };
  return {
    async start() {
      database = await openDatabase({ url, logger });
    },
    async stop() {
      await database?.close();
      database = null;
    },
    ready: () => databaseReadiness(database, 'the history database'),
    client,
    async ask(query) {
      try {
        return await query(client());
      } catch (error) {
        if (error instanceof UnavailableError) throw error;
        logger.error({ err: error }, 'the watch history could not be read or changed');
        throw new UnavailableError('the watch history', { cause: error });
      }
    },
  };
}
