import type { RedisClient } from './redis.ts';
import type { RedisGuard } from './redis-guard.ts';

/** Runs one of some Lua scripts. All keys of a call belong to one slot, so that scripts run on a Cluster, too. */
export type RunScript<N extends string> = <T = unknown>(
  name: N,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<T>;

export interface Script {
  lua: string;
  /**
   * ioredis must know it before the first call: without it, its pipelining on a Cluster takes the first argument for
   * the key, and so the wrong slot.
   */
  numberOfKeys: number;
}

/**
 * Defines Lua scripts on a client and returns the way to run them: sent by digest, and whole only to a server that does
 * not have them.
 *
 * @param prefix Begins the names of the commands: ioredis has commands of some of the names, and the scripts of a client
 *   share one namespace.
 * @param guard Around each call, when given.
 */
export function defineScripts<N extends string>(
  client: RedisClient,
  prefix: string,
  scripts: Readonly<Record<N, Script>>,
  guard?: RedisGuard,
): RunScript<N> {
  for (const [name, script] of Object.entries<Script>(scripts)) client.defineCommand(prefix + name, script);
  const commands = client as unknown as Record<string, (...args: unknown[]) => Promise<never>>;
  const run: RunScript<N> = (name, keys, args) => commands[prefix + name]!(...keys, ...args);
  return guard ? (name, keys, args) => guard(() => run(name, keys, args)) : run;
}
