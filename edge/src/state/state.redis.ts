import { type Logger, notReady, READY, withDeadline } from '@giggityflix/kernel';
import { type RedisConfig, redisGuard } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import { createRedisDeliveryJournal } from '../commands/delivery-journal.redis.ts';
import { createRedisMembers } from '../membership/members.redis.ts';
import { createRedisConnectionDirectory } from '../peers/connection-directory.redis.ts';
import { createRedisPeerKeys } from '../peers/peer-keys.redis.ts';
import type { EdgeState } from './state.ts';

/** How long Redis may take to answer the commands sent before the connection is closed, in milliseconds. */
const QUIT_TIMEOUT_MS = 1_000;

/** {@link EdgeState} in Redis, shared by all edges. */
export function openRedisState(config: RedisConfig, logger?: Logger): EdgeState {
  const redis = createRedis(config, { logger });
  const guard = redisGuard('the state of edges', redis);
  return {
    peerKeys: createRedisPeerKeys(redis),
    members: createRedisMembers(redis),
    directory: createRedisConnectionDirectory(redis),
    journal: createRedisDeliveryJournal(redis),
    async ready() {
      try {
        await guard(() => redis.ping());
        return READY;
      } catch (error) {
        return notReady(`Redis does not answer: ${(error as Error).message}`);
      }
    },
    // Commands sent last may still be on their way.
    close: () =>
      withDeadline(redis.quit(), QUIT_TIMEOUT_MS, 'closing the connection to Redis').then(
        () => {},
        () => redis.disconnect(),
      ),
  };
}
