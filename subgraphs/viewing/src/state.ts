import { type Logger, notReady, READY, type Service } from '@giggityflix/kernel';
import { migrateSqlite, openSqlite, type RedisConfig } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import type { ViewingConfig } from './environment.ts';
import { guardOf } from './redis/scripts.ts';
import { createEmbeddedSessionStore } from './sessions/store.embedded.ts';
import { createRedisSessionStore } from './sessions/store.redis.ts';
import type { SessionStore, StoreTimes } from './sessions/store.ts';
import { SESSION_MIGRATIONS } from './sessions/tables.embedded.ts';
import { createEmbeddedNegotiations, NEGOTIATION_MIGRATIONS } from './signalling/negotiations.embedded.ts';
import { createRedisNegotiations } from './signalling/negotiations.redis.ts';
import type { NegotiationStore } from './signalling/negotiations.ts';
import { createFileKeyStore } from './tokens/keys.file.ts';
import { createRedisKeyStore } from './tokens/keys.redis.ts';
import type { KeyStore, RotationPolicy } from './tokens/keys.ts';

/** How long a viewer waits for a Redis that hangs, in milliseconds: a script takes well below one. */
const COMMAND_TIMEOUT_MS = 1_000;

/** Everything that outlives a request, on the adapters the configuration names. */
export interface State extends Service {
  readonly sessions: SessionStore;
  readonly negotiations: NegotiationStore;
  readonly keys: KeyStore;
}

export interface StateOptions {
  times: StoreTimes;
  rotation: RotationPolicy;
  /** Where the embedded state keeps its signing keys. */
  keyPath: string;
  logger: Logger;
}

export function createState(config: ViewingConfig['state'], options: StateOptions): State {
  return config.kind === 'redis'
    ? createRedisState(config.redis, options)
    : createEmbeddedState(config.path, options);
}

function createEmbeddedState(path: string, { times, rotation, keyPath }: StateOptions): State {
  const database = openSqlite(path);
  migrateSqlite(database, [...SESSION_MIGRATIONS, ...NEGOTIATION_MIGRATIONS]);
  const sessions = createEmbeddedSessionStore(database, times);
  return {
    sessions,
    negotiations: createEmbeddedNegotiations(database),
    keys: createFileKeyStore(keyPath, rotation),
    start: () => sessions.start(),
    stop: async () => void database.close(),
    ready: () => READY,
  };
}

function createRedisState(config: RedisConfig, { times, rotation, logger }: StateOptions): State {
  const redis = createRedis(config, { commandTimeoutMs: COMMAND_TIMEOUT_MS, logger });
  return {
    sessions: createRedisSessionStore(redis, times),
    negotiations: createRedisNegotiations(redis),
    keys: createRedisKeyStore(redis, rotation),
    // The service may start before Redis does: until then it answers 503.
    start: async () => void (await redis.connect().catch(() => {})),
    stop: async () => redis.disconnect(),
    async ready() {
      try {
        await guardOf(redis)(() => redis.ping());
        return READY;
      } catch (error) {
        return notReady(`Redis does not answer: ${describe(error)}`);
      }
    },
  };
}

function describe(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
}
