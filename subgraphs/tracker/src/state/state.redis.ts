import { type Logger, wrapMethods } from '@giggityflix/kernel';
import { type RedisClient, type RedisConfig, redisGuard } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import type { RedisOptions } from 'ioredis';
import { createAllowance } from '../availability/allowance.ts';
import { createRedisOutbox } from '../availability/outbox.redis.ts';
import { createRedisFiles } from '../files/files.redis.ts';
import { createRedisMembership } from '../membership/membership.redis.ts';
import type { RedisContext } from '../redis/context.ts';
import { createKeys } from '../redis/keys.ts';
import { defineTrackerScripts } from '../redis/scripts.ts';
import { createRedisRegistry } from '../registry/registry.redis.ts';
import { createRedisSubscriptions } from '../subscriptions/subscriptions.redis.ts';
import type { StateOptions, TrackerState } from './state.ts';

/** How long a crowded outbox is waited for before changes go on all the same. */
const CROWDED_DELAY_MS = 250;

/** The tracker's state in a standalone Redis, one behind Sentinel, or a Redis Cluster. */
export function createRedisState(
  options: StateOptions & { redis: RedisConfig; namespace?: string },
): TrackerState {
  const { now, connectionTimeoutMs } = options;
  // One of two connections to the same server logs its failures.
  const [client, reader] = [connect(options.redis, options.logger), connect(options.redis)];
  // Its reads have one deadline each; a timer for each of their commands would double their cost.
  if (!reader.isCluster) (reader.options as RedisOptions).commandTimeout = undefined;
  const context: RedisContext = {
    client,
    reader,
    run: defineTrackerScripts(client),
    keys: createKeys(options.namespace ?? 'tracker'),
    time: () => (now ? String(now()) : ''),
    faultPoint: options.faultPoint ?? (() => {}),
  };
  const outbox = createRedisOutbox(context);
  const guard = redisGuard('the state of the tracker', client, reader);
  const guarded = <P extends object>(part: P) => wrapMethods(part, guard);
  return {
    registry: guarded(
      createRedisRegistry(context, {
        connectionTimeoutMs,
        allowance: createAllowance(now ?? Date.now),
        async appended(shards, crowded) {
          outbox.appended(shards);
          if (crowded) await new Promise((resolve) => setTimeout(resolve, CROWDED_DELAY_MS));
        },
      }),
    ),
    outbox,
    subscriptions: guarded(createRedisSubscriptions(context, { appended: outbox.appended })),
    files: guarded(createRedisFiles(context)),
    membership: guarded(createRedisMembership(context)),
    async start() {
      await Promise.all([client.connect(), reader.connect()]);
    },
    async stop() {
      client.disconnect();
      reader.disconnect();
    },
    async check() {
      for (const { status } of [client, reader])
        if (status !== 'ready') throw new Error(`the connection to Redis is in state ${status}`);
      await client.get(`${options.namespace ?? 'tracker'}:check`);
    },
  };
}

function connect(config: RedisConfig, logger?: Logger): RedisClient {
  const client = createRedis(config, { logger });
  client.options.enableAutoPipelining = true;
  return client;
}
