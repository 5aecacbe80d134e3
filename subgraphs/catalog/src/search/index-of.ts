import type { Logger } from '@giggityflix/kernel';
import type { Database } from '@giggityflix/prisma';
import { createPostgresqlIndex, postgresqlWrites } from './postgresql-index.ts';
import type { SearchIndex, SearchWrites } from './search-index.ts';
import { sqliteIndex } from './sqlite-index.ts';

export const writesOf = (provider: Database['provider']): SearchWrites =>
  provider === 'sqlite' ? sqliteIndex : postgresqlWrites;

export const createSearchIndex = (provider: Database['provider'], logger: Logger): SearchIndex =>
  provider === 'sqlite' ? sqliteIndex : createPostgresqlIndex(logger);
