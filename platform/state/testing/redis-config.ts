import type { RedisConfig } from '../src/redis-config.ts';

/** How a service reaches a Redis on this machine that asks for nothing, unless the test says otherwise. */
export function testRedisConfig(given: Partial<RedisConfig> = {}): RedisConfig {
  return {
    host: '127.0.0.1',
    port: 6_379,
    db: 0,
    tls: null,
    clusterNodes: [],
    sentinels: [],
    sentinelName: 'mymaster',
    ...given,
  };
}
