import { migrateSqlite, openSqlite } from '@giggityflix/state';
import { createContentChanges } from './content-changes.ts';
import { createDescriptions } from './descriptions.ts';
import { createFileChanges } from './file-changes.ts';
import { MIGRATIONS } from './migrations.ts';
import { createQueries } from './queries.ts';
import { prepareStatements } from './statements.ts';
import { createSuperseded } from './superseded.ts';
import { createTransactions } from './transactions.ts';
import { boundLog, createWriteHealth } from './write-health.ts';

/** The index of what this peer has: every file seen, and what the bytes of the hashed ones are. */
export type Library = ReturnType<typeof openLibrary>;

/**
 * Opens the index, creating or migrating it. Every method is one transaction: killed at any moment, the
 * file opens again and holds all or nothing of it.
 */
export function openLibrary(path: string) {
  const database = openSqlite(path);
  boundLog(database);
  migrateSqlite(database, MIGRATIONS);
  const sql = prepareStatements(database);
  const health = createWriteHealth(database);
  const descriptions = createDescriptions(database);
  descriptions.followNaming();
  const queries = createQueries(sql);
  const { get, isShared } = queries;
  const { mutate, onSharedChange, onDescriptionDue } = createTransactions(database, {
    sql,
    isShared,
    descriptions,
    health,
  });
  const superseded = createSuperseded(sql);
  return {
    ...queries,
    ...createFileChanges({ sql, get, mutate, superseded }),
    ...createContentChanges({ sql, get, mutate, descriptions, superseded }),
    database,
    descriptions,
    onSharedChange,
    onDescriptionDue,
    /** Why the index cannot be written, in words; null when it can. */
    writeProblem: health.problem,

    /** Drops contents that no file holds. */
    collectGarbage(): void {
      sql.collectGarbage.run();
      descriptions.collectGarbage();
    },

    close(): void {
      database.close();
    },
  };
}
