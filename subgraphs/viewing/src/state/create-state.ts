import type { ViewingConfig } from '../environment.ts';
import { createEmbeddedState } from './state.embedded.ts';
import { createRedisState } from './state.redis.ts';
import type { State, StateOptions } from './state.ts';

/** The state that the configuration names. */
export function createState(config: ViewingConfig['state'], options: StateOptions): State {
  return config.kind === 'redis'
    ? createRedisState(config.redis, options)
    : createEmbeddedState(config.path, options);
}
