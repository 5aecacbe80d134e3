import { readFileSync } from 'node:fs';
import type { RedisClient } from '@giggityflix/state';

const NUMBER_OF_KEYS = {
  transition: 12,
  commit: 4,
  apply: 1,
  heartbeat: 1,
  due: 1,
  'note-playback': 1,
  subscribe: 4,
  'own-subscription': 1,
  cancel: 2,
  claim: 2,
  complete: 2,
  release: 1,
  'add-file': 4,
  'remove-file': 4,
  'index-file': 1,
} as const;

export type ScriptName = keyof typeof NUMBER_OF_KEYS;
export type RunScript = <T>(
  name: ScriptName,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<T>;

/** Names of our commands begin so: ioredis has commands of some of the names. */
const COMMAND_PREFIX = 'tracker_';

/**
 * Defines the scripts of `lua/` on a client and returns the way to run them. Each touches the keys of one
 * slot only, so that all run on a Cluster.
 */
export function defineScripts(client: RedisClient): RunScript {
  const shared = read('clock');
  for (const [name, numberOfKeys] of Object.entries(NUMBER_OF_KEYS))
    client.defineCommand(COMMAND_PREFIX + name, { numberOfKeys, lua: `${shared}\n${read(name)}` });
  const commands = client as unknown as Record<string, (...args: unknown[]) => Promise<never>>;
  return (name, keys, args) => commands[COMMAND_PREFIX + name]!(...keys, ...args);
}

function read(name: string): string {
  return readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');
}
