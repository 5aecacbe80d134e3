import { READY } from '@giggityflix/kernel';
import { migrateSqlite, openSqlite } from '@giggityflix/state';
import { createEmbeddedDemotions, DEMOTION_MIGRATIONS } from '../demotions/demotions.embedded.ts';
import { createEmbeddedSessionStore } from '../sessions/store.embedded.ts';
import { SESSION_ENDING_MIGRATIONS, SESSION_MIGRATIONS } from '../sessions/tables.embedded.ts';
import {
  createEmbeddedNegotiations,
  NEGOTIATION_MIGRATIONS,
  NEGOTIATION_SOURCE_MIGRATIONS,
} from '../signalling/negotiations.embedded.ts';
import { createFileKeyStore } from '../tokens/keys.file.ts';
import type { State, StateOptions } from './state.ts';

/** In the order of the releases that brought them. */
export const STATE_MIGRATIONS = [
  ...SESSION_MIGRATIONS,
  ...NEGOTIATION_MIGRATIONS,
  ...SESSION_ENDING_MIGRATIONS,
  ...NEGOTIATION_SOURCE_MIGRATIONS,
  ...DEMOTION_MIGRATIONS,
] as const;

/** State in a SQLite file, shared by the processes of one machine; signing keys are kept beside it. */
export function createEmbeddedState(path: string, { times, rotation, keyPath }: StateOptions): State {
  const database = openSqlite(path);
  migrateSqlite(database, STATE_MIGRATIONS);
  const sessions = createEmbeddedSessionStore(database, times);
  return {
    sessions,
    negotiations: createEmbeddedNegotiations(database),
    demotions: createEmbeddedDemotions(database),
    keys: createFileKeyStore(keyPath, rotation),
    start: () => sessions.start(),
    stop: async () => void database.close(),
    ready: () => READY,
  };
}
