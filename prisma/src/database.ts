import type { PrismaClient } from './generated/sqlite/client.ts';

/**
 * The database port. Both clients are generated from the same models; the type is SQLite's, which lacks
 * what only PostgreSQL has, so code written against it runs on either.
 */
export interface Database {
  /** For the few statements in which the two differ. */
  readonly provider: 'sqlite' | 'postgresql';
  readonly client: PrismaClient;
  /** Rejects with the reason when the database cannot be reached now. */
  check(): Promise<void>;
  close(): Promise<void>;
}
