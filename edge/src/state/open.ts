import type { Logger } from '@giggityflix/kernel';
import type { StateConfig } from '../environment.ts';
import type { EdgeState } from './state.ts';

/**
 * Opens the stores that the configuration names. Redis is connected to in the background, and its client is loaded
 * only here: a process with embedded state does not load it.
 */
export async function openState(config: StateConfig, logger?: Logger): Promise<EdgeState> {
  if (config.kind === 'embedded') {
    const { openEmbeddedState } = await import('./state.embedded.ts');
    return openEmbeddedState(config.path);
  }
  const { openRedisState } = await import('./state.redis.ts');
  return openRedisState(config.redis, logger);
}
