import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateSqlite, openSqlite } from '@giggityflix/platform';
import { afterAll } from 'vitest';
import { describeSessionStore } from './store.compliance.ts';
import { createEmbeddedSessionStore, SESSION_MIGRATIONS } from './store.embedded.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewing-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeSessionStore('the embedded session store', async (times) => {
  const database = openSqlite(join(folder, 'sessions.db'));
  migrateSqlite(database, SESSION_MIGRATIONS);
  return {
    store: createEmbeddedSessionStore(database, times),
    close: async () => void database.close(),
  };
});
