import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateSqlite, openSqlite } from '@giggityflix/state';
import { afterAll, expect, it } from 'vitest';
import { newSessionId } from './session-id.ts';
import { describeSessionStore } from './store.compliance.ts';
import { createEmbeddedSessionStore } from './store.embedded.ts';
import { SESSION_ENDING_MIGRATIONS, SESSION_MIGRATIONS } from './tables.embedded.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewing-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeSessionStore('the embedded session store', async (times, maxWaitingEvents) => {
  const database = openSqlite(join(folder, 'sessions.db'));
  migrateSqlite(database, [...SESSION_MIGRATIONS, ...SESSION_ENDING_MIGRATIONS]);
  return {
    store: createEmbeddedSessionStore(database, times, undefined, maxWaitingEvents),
    close: async () => void database.close(),
  };
});

it('does not hold the time a service was down against its players', async () => {
  const database = openSqlite(join(folder, 'down.db'));
  migrateSqlite(database, [...SESSION_MIGRATIONS, ...SESSION_ENDING_MIGRATIONS]);
  let now = 1_000_000;
  const open = () =>
    createEmbeddedSessionStore(database, { leaseMs: 1_000, sessionTimeoutMs: 100_000 }, () => now);
  const sessionId = newSessionId('u');
  const request = { sessionId, userId: 'u', profileId: 'p', catalogId: 'c', deviceId: 'd', limit: 1 };
  await open().admit(request);
  now += 50_000;
  const restarted = open();
  await restarted.start();
  expect(await restarted.get(sessionId)).toMatchObject({ status: 'active' });
  now += 1_000;
  expect(await restarted.get(sessionId)).toMatchObject({ status: 'expired' });
  database.close();
});
