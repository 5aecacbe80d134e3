import { createRedis, type RedisConfig } from '@giggityflix/platform';
import { createRedisFiles } from '../files/files.redis.ts';
import type { RedisContext } from '../redis/context.ts';
import { createKeys } from '../redis/keys.ts';
import { defineScripts } from '../redis/scripts.ts';
import { createRedisOutbox } from '../registry/outbox.redis.ts';
import { createRedisRegistry } from '../registry/registry.redis.ts';
import { createRedisSubscriptions } from '../registry/subscriptions.redis.ts';
import type { StateOptions, TrackerState } from './state.ts';

/** How long a crowded outbox is waited for before changes go on all the same. */
const CROWDED_DELAY_MS = 250;

/** The tracker's state in a standalone Redis, one behind Sentinel, or a Redis Cluster. */
export function createRedisState(
  options: StateOptions & { redis: RedisConfig; namespace?: string },
): TrackerState {
  const { now, connectionTimeoutMs } = options;
  const client = createRedis(options.redis);
  client.options.enableAutoPipelining = true;
  // Failures reach whoever sent the command; a connection that is away heals by itself.
  client.on('error', () => {});
  const context: RedisContext = {
    client,
    run: defineScripts(client),
    keys: createKeys(options.namespace ?? 'tracker'),
    time: () => (now ? String(now()) : ''),
    faultPoint: options.faultPoint ?? (() => {}),
  };
  const outbox = createRedisOutbox(context);
  return {
    registry: createRedisRegistry(context, {
      connectionTimeoutMs,
      async appended(shards, crowded) {
        outbox.appended(shards);
        if (crowded) await new Promise((resolve) => setTimeout(resolve, CROWDED_DELAY_MS));
      },
    }),
    outbox,
    subscriptions: createRedisSubscriptions(context, { appended: outbox.appended }),
    files: createRedisFiles(context),
    async start() {
      await client.connect();
    },
    async stop() {
      client.disconnect();
    },
    async check() {
      if (client.status !== 'ready') throw new Error(`Redis is ${client.status}`);
      await client.get(`${options.namespace ?? 'tracker'}:check`);
    },
  };
}
