import { BreakerOpenError, createBreaker, UnavailableError } from '@giggityflix/kernel';
import type { RedisClient } from './redis.ts';
import { isRedisUnavailable } from './redis-errors.ts';

/** Failures in a row after which Redis counts as unavailable. */
const BREAKER_FAILURES = 3;
/** How long requests then fail without trying, in milliseconds. */
const BREAKER_OPEN_MS = 500;
/** How long a lost connection may take to return before callers are refused at once, in milliseconds. */
const GRACE_MS = 500;

/** Runs work that needs Redis; rejects with UnavailableError while Redis is unavailable, soon without trying. */
export type RedisGuard = <T>(work: () => Promise<T>) => Promise<T>;

const guards = new WeakMap<RedisClient, RedisGuard>();

/**
 * The guard of a client, which all its users share. Waiting for each reconnection or time-out would pile callers up
 * behind it: once a connection has been lost for half a second, or three commands in a row have failed because of
 * Redis, work fails at once.
 *
 * @param what Named in the errors: `the session store`.
 * @param others More clients that the work needs.
 */
export function redisGuard(what: string, client: RedisClient, ...others: readonly RedisClient[]): RedisGuard {
  const known = guards.get(client);
  if (known) return known;
  const isLost = watchConnections([client, ...others]);
  const breaker = createBreaker({
    failures: BREAKER_FAILURES,
    openMs: BREAKER_OPEN_MS,
    counts: isRedisUnavailable,
  });
  const guard: RedisGuard = async (work) => {
    if (isLost()) throw new UnavailableError(what, { cause: new BreakerOpenError('the connection is lost') });
    try {
      return await breaker.run(work);
    } catch (error) {
      if (!isRedisUnavailable(error) && !(error instanceof BreakerOpenError)) throw error;
      throw new UnavailableError(what, { cause: error });
    }
  };
  guards.set(client, guard);
  return guard;
}

function watchConnections(clients: readonly RedisClient[]): () => boolean {
  const lostAt = new Map<RedisClient, number>();
  for (const client of clients) {
    client.on('close', () => lostAt.has(client) || lostAt.set(client, performance.now()));
    client.on('ready', () => lostAt.delete(client));
  }
  return () => {
    for (const at of lostAt.values()) if (performance.now() - at > GRACE_MS) return true;
    return false;
  };
}
