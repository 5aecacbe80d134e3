import { BreakerOpenError, createBreaker, UnavailableError } from '@giggityflix/kernel';
import { isRedisUnavailable, type RedisClient } from '@giggityflix/state';

/** Failures in a row after which Redis is taken to be away. */
const BREAKER_FAILURES = 3;
/** How long requests then fail without trying, in milliseconds. */
const BREAKER_OPEN_MS = 500;
/** Names of our commands begin so: ioredis has commands of some of the names, and the scripts of a client share one space. */
const COMMAND_PREFIX = 'viewing_';
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
  for (const [name, lua] of Object.entries<string>(scripts))
    redis.defineCommand(COMMAND_PREFIX + name, { lua });
  const commands = redis as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  const guard = guardOf(redis);
  return (name, keys, args) => guard(() => commands[COMMAND_PREFIX + name]!(keys.length, ...keys, ...args));
}

type Guard = <T>(work: () => Promise<T>) => Promise<T>;
const guards = new WeakMap<RedisClient, Guard>();

/** The guard all users of one client share: fails fast while Redis is away, and says so. */
export function guardOf(redis: RedisClient): Guard {
  const known = guards.get(redis);
  if (known) return known;
  const breaker = createBreaker({
    failures: BREAKER_FAILURES,
    openMs: BREAKER_OPEN_MS,
    counts: isRedisUnavailable,
  });
  const guard: Guard = async (work) => {
    try {
      return await breaker.run(work);
    } catch (error) {
      if (!isRedisUnavailable(error) && !(error instanceof BreakerOpenError)) throw error;
      throw new UnavailableError('the session store', { cause: error, retryAfterSeconds: RETRY_AFTER_S });
    }
  };
  guards.set(redis, guard);
  return guard;
}
