import type { RedisConfig } from '@giggityflix/state';
import { createEmbeddedState } from './state.embedded.ts';
import { createRedisState } from './state.redis.ts';
import type { StateOptions, TrackerState } from './state.ts';

export type StateConfig = { kind: 'embedded'; path: string } | { kind: 'redis'; redis: RedisConfig };

/** The state that the configuration names. */
export function createState(config: StateConfig, options: StateOptions): TrackerState {
  if (config.kind === 'embedded') return createEmbeddedState({ ...options, path: config.path });
  return createRedisState({ ...options, redis: config.redis });
}
