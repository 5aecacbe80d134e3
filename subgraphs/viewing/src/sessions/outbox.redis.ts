import type { PlaybackEvent } from '@giggityflix/bus';
import { createRedisOutbox as createOutbox, OUTBOX_LEASE_MS, type RedisClient } from '@giggityflix/state';
import { shardPrefix } from '../redis/keys.ts';
import { defineViewingScripts } from '../redis/scripts.ts';
import { SHARD_COUNT } from './session-id.ts';
import { CLAIM, SETTLE } from './store.redis.scripts.ts';
import type { OutboxEvent } from './store.ts';

const keysOf = (shard: number) => [`${shardPrefix(shard)}outbox`, `${shardPrefix(shard)}relay`];
const ALL_SHARDS: readonly number[] = Array.from({ length: SHARD_COUNT }, (_, shard) => shard);

/** The outbox lists of all shards, each leased on its own. */
export function createRedisOutbox(redis: RedisClient) {
  const run = defineViewingScripts(redis, { CLAIM, SETTLE });
  const settle = (shard: number, token: string, published: number) =>
    run('SETTLE', keysOf(shard), [token, published]);
  return createOutbox<OutboxEvent>({
    async nonEmpty() {
      const sizes = await Promise.all(ALL_SHARDS.map((shard) => redis.llen(`${shardPrefix(shard)}outbox`)));
      return ALL_SHARDS.filter((shard) => (sizes[shard] ?? 0) > 0);
    },
    async claim(shard, token, limit) {
      const entries = await run<string[] | -1>('CLAIM', keysOf(shard), [token, OUTBOX_LEASE_MS, limit]);
      if (entries === -1) return 'leased';
      if (entries.length === 0) return null;
      return {
        entries: entries.map(toEvent),
        async complete() {
          await settle(shard, token, entries.length);
          return entries.length === limit;
        },
      };
    },
    release: async (shard, token) => void (await settle(shard, token, 0)),
  });
}

/** An entry of the outbox, as the scripts write it. */
function toEvent(entry: string): { id: string; event: PlaybackEvent } {
  const [id, sequence, type, user, profile, catalog, device, position, reason, at] = JSON.parse(entry) as [
    string,
    string,
    PlaybackEvent['type'],
    ...string[],
  ];
  return {
    id: `${id}:${sequence}`,
    event: {
      type,
      session_id: id,
      user_id: user!,
      profile_id: profile!,
      content_id: catalog!,
      device_id: device!,
      position: Number(position),
      reason: (reason || null) as PlaybackEvent['reason'],
      timestamp: new Date(Number(at)).toISOString(),
    },
  };
}
