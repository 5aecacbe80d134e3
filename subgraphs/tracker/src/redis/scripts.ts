import { readFileSync } from 'node:fs';
import { defineScripts, type RedisClient, type RunScript, type Script } from '@giggityflix/state';

const NUMBER_OF_KEYS = {
  transition: 13,
  commit: 4,
  apply: 1,
  heartbeat: 1,
  due: 1,
  defer: 1,
  deferred: 1,
  'note-playback': 1,
  subscribe: 4,
  'own-subscription': 1,
  cancel: 2,
  claim: 2,
  complete: 2,
  release: 1,
  'add-file': 5,
  'remove-file': 5,
  'index-file': 1,
  'invite-peer': 4,
  'revoke-invitation': 2,
  'enrol-peer': 4,
  'decide-membership': 2,
} as const;

type ScriptName = keyof typeof NUMBER_OF_KEYS;
export type RunTrackerScript = RunScript<ScriptName>;

/** Defines the scripts of `lua/` on a client and returns the way to run them. */
export function defineTrackerScripts(client: RedisClient): RunTrackerScript {
  const clock = read('clock');
  const scripts = Object.entries(NUMBER_OF_KEYS).map(([name, numberOfKeys]) => [
    name,
    { numberOfKeys, lua: `${clock}\n${read(name)}` },
  ]);
  return defineScripts(client, 'tracker_', Object.fromEntries(scripts) as Record<ScriptName, Script>);
}

function read(name: string): string {
  return readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8');
}
