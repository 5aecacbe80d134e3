import { notReady, READY } from '@giggityflix/kernel';
import type { RedisConfig } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import { createRedisDemotions } from '../demotions/demotions.redis.ts';
import { guardOf } from '../redis/scripts.ts';
import { createRedisSessionStore } from '../sessions/store.redis.ts';
import { createRedisNegotiations } from '../signalling/negotiations.redis.ts';
import { createRedisKeyStore } from '../tokens/keys.redis.ts';
import type { State, StateOptions } from './state.ts';

/** How long a viewer waits for a Redis that hangs, in milliseconds: a script takes well below one. */
const COMMAND_TIMEOUT_MS = 1_000;

/** State in a standalone Redis, one behind Sentinel, or a Redis Cluster. */
export function createRedisState(config: RedisConfig, { times, rotation, logger }: StateOptions): State {
  const redis = createRedis(config, { commandTimeoutMs: COMMAND_TIMEOUT_MS, logger });
  return {
    sessions: createRedisSessionStore(redis, times),
    negotiations: createRedisNegotiations(redis),
    demotions: createRedisDemotions(redis),
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
