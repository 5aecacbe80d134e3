import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@giggityflix/testing/processes';
import { measureSearch } from './catalog/search.ts';
import type { BenchRow } from './row.ts';

/** Titles of the catalog, half of them episodes, and searches of each kind. */
export const options = { titles: 100_000, searches: 40 };

/** Pages of a search on SQLite and PostgreSQL, beside the search by words of names that reads all titles. */
export default async function catalog({ titles, searches }: typeof options): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-catalog-'));
  const postgres = await startPostgres();
  const of = { titles, searches };
  try {
    return [
      ...(await measureSearch('SQLite', `file:${join(folder, 'catalog.db')}`, of)),
      ...(await measureSearch('PostgreSQL', `${postgres.url}/postgres`, of)),
    ];
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
