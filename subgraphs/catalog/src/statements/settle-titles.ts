import type { Database } from '@giggityflix/prisma';
import type { Transaction } from './said.ts';
import { settleAges } from './settle-ages.ts';
import { settleSearch } from './settle-search.ts';

/** Makes what titles have of their files what these say now: ages, and what they are found by. */
export async function settleTitles(
  transaction: Transaction,
  database: Database,
  titleIds: Iterable<string>,
): Promise<void> {
  const ids = [...new Set(titleIds)].sort();
  await settleAges(transaction, database.provider, ids);
  await settleSearch(transaction, database, ids);
}
