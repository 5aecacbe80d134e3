import { createHash } from 'node:crypto';
import {
  BreakerOpenError,
  createBreaker,
  isRedisAway,
  type RedisClient,
  UnavailableError,
} from '@giggityflix/platform';

/** Failures in a row after which Redis is taken to be away. */
const BREAKER_FAILURES = 3;
/** How long requests then fail without trying, in milliseconds. */
const BREAKER_OPEN_MS = 500;
/** What a caller is told to wait, in seconds. */
const RETRY_AFTER_S = 2;

/** Runs one of some scripts. Rejects with UnavailableError while Redis is away. */
export type RunScript<N extends string> = (
  name: N,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>;

/** Prepares Lua scripts: sent by digest, and whole only to a server that does not have them. */
export function createRedisScripts<N extends string>(
  redis: RedisClient,
  scripts: Readonly<Record<N, string>>,
): RunScript<N> {
  const digests = Object.fromEntries(
    Object.entries<string>(scripts).map(([name, script]) => [
      name,
      createHash('sha1').update(script).digest('hex'),
    ]),
  );
  const guard = guardOf(redis);
  return (name, keys, args) =>
    guard(async () => {
      try {
        return await redis.evalsha(digests[name]!, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return redis.eval(scripts[name], keys.length, ...keys, ...args);
      }
    });
}

type Guard = <T>(work: () => Promise<T>) => Promise<T>;
const guards = new WeakMap<RedisClient, Guard>();

/** The guard all users of one client share: fails fast while Redis is away, and says so. */
export function guardOf(redis: RedisClient): Guard {
  const known = guards.get(redis);
  if (known) return known;
  const breaker = createBreaker({ failures: BREAKER_FAILURES, openMs: BREAKER_OPEN_MS, counts: isRedisAway });
  const guard: Guard = async (work) => {
    try {
      return await breaker.run(work);
    } catch (error) {
      if (!isRedisAway(error) && !(error instanceof BreakerOpenError)) throw error;
      throw new UnavailableError('the session store', { cause: error, retryAfterSeconds: RETRY_AFTER_S });
    }
  };
  guards.set(redis, guard);
  return guard;
}
