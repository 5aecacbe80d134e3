import {
  defineScripts,
  type RedisClient,
  type RedisGuard,
  type RunScript,
  redisGuard,
  type Script,
} from '@giggityflix/state';

/** Keys that a script of viewing takes unless it says otherwise; all are of one slot. */
const NUMBER_OF_KEYS = 2;

/** Lua: `now`, in milliseconds since 1970 by the clock of Redis, which all replicas of a service share. */
export const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** The guard that all users of the session store's client share. */
export function guardOf(redis: RedisClient): RedisGuard {
  return redisGuard('the session store', redis);
}

/** Defines Lua scripts of viewing, guarded: they reject with UnavailableError while Redis is unavailable. */
export function defineViewingScripts<N extends string>(
  redis: RedisClient,
  scripts: Readonly<Record<N, string>>,
  numberOfKeys: number = NUMBER_OF_KEYS,
): RunScript<N> {
  const defined = Object.entries<string>(scripts).map(([name, lua]) => [name, { lua, numberOfKeys }]);
  return defineScripts(redis, 'viewing_', Object.fromEntries(defined) as Record<N, Script>, guardOf(redis));
}
