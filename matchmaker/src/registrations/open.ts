import type { Logger } from '@giggityflix/kernel';
import type { RedisConfig } from '@giggityflix/state';
import type { Registrations, RegistrationsConfig } from './registrations.ts';

/**
 * The registrations that the configuration names: in Redis, or in the memory of this process. Redis' client is loaded
 * only where it is used.
 */
export async function openRegistrations(
  config: { registrations: RegistrationsConfig; redis: RedisConfig | null },
  deps: { logger: Logger },
): Promise<Registrations> {
  if (config.redis) {
    const { createRedisRegistrations } = await import('./registrations.redis.ts');
    return createRedisRegistrations(config.registrations, { redis: config.redis, ...deps });
  }
  const { createEmbeddedRegistrations } = await import('./registrations.embedded.ts');
  return createEmbeddedRegistrations(config.registrations);
}
