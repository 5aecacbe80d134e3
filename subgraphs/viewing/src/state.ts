import { migrateSqlite, openSqlite, READY, type Service } from '@giggityflix/platform';
import type { ViewingConfig } from './environment.ts';
import { createEmbeddedSessionStore, SESSION_MIGRATIONS } from './sessions/store.embedded.ts';
import type { SessionStore, StoreTimes } from './sessions/store.ts';
import { createEmbeddedNegotiations, NEGOTIATION_MIGRATIONS } from './signalling/negotiations.embedded.ts';
import type { NegotiationStore } from './signalling/negotiations.ts';
import { createFileKeyStore } from './tokens/keys.file.ts';
import type { KeyStore, RotationPolicy } from './tokens/keys.ts';

/** Everything that outlives a request, on the adapters the configuration names. */
export interface State extends Service {
  readonly sessions: SessionStore;
  readonly negotiations: NegotiationStore;
  readonly keys: KeyStore;
}

export function createState(config: ViewingConfig, times: StoreTimes, rotation: RotationPolicy): State {
  if (config.state.kind === 'redis') throw new Error('not yet');
  const database = openSqlite(config.state.path);
  migrateSqlite(database, [...SESSION_MIGRATIONS, ...NEGOTIATION_MIGRATIONS]);
  return {
    sessions: createEmbeddedSessionStore(database, times),
    negotiations: createEmbeddedNegotiations(database),
    keys: createFileKeyStore(config.tokens.keyPath, rotation),
    start: async () => {},
    stop: async () => void database.close(),
    ready: () => READY,
  };
}
