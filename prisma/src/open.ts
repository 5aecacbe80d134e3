import type { Logger } from '@giggityflix/kernel';
import type { Database } from './database.ts';

export interface DatabaseOptions {
  /** `file:/path/to.db` (relative paths: from the working directory) or `postgresql://user:password@host/name`. */
  url: string;
  logger: Logger;
  /** Most connections to PostgreSQL at once. */
  poolSize?: number;
  /** Has PostgreSQL parse and plan each statement once a connection; for those who ask the same few over and over. */
  prepares?: boolean;
}

/** Enough for a service on one core; PostgreSQL's own default limit is 100 for everyone. */
const DEFAULT_POOL_SIZE = 10;

/**
 * Opens a database and brings it to the newest schema first, safe when several processes start at once.
 * @throws Error naming the URL's form when it is neither of the two, and whatever the driver reports.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { url, logger, poolSize = DEFAULT_POOL_SIZE, prepares = false } = options;
  // Loaded when asked for: each client brings a megabyte of compiled query planner.
  if (url.startsWith('file:')) {
    const { openSqlite } = await import('./sqlite.ts');
    return openSqlite(url.slice('file:'.length), logger);
  }
  if (/^postgres(ql)?:\/\//.test(url)) {
    const { openPostgresql } = await import('./postgresql.ts');
    return openPostgresql({ url, poolSize, prepares, logger });
  }
  throw new Error('a database URL starts with file: or postgresql://');
}
