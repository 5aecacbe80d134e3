import type { RedisClient } from '@giggityflix/state';
import type { Keys } from './keys.ts';
import type { RunTrackerScript } from './scripts.ts';

/** What every part of the Redis state uses. */
export interface RedisContext {
  client: RedisClient;
  /** For counting peers alone: on a connection of its own it does not wait behind updates. */
  reader: RedisClient;
  run: RunTrackerScript;
  keys: Keys;
  /** The time scripts are given: empty for the server's own. */
  time: () => string;
  faultPoint: (name: string) => void;
}
