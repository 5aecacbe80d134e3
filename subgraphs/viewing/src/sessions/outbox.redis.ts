import { randomUUID } from 'node:crypto';
import type { PlaybackEvent } from '@giggityflix/bus';
import type { RedisClient } from '@giggityflix/state';
import { shardPrefix } from '../redis/keys.ts';
import { createRedisScripts } from '../redis/scripts.ts';
import { SHARD_COUNT } from './session-id.ts';
import { CLAIM, SETTLE } from './store.redis.scripts.ts';
import { CLAIM_LIMIT, CLAIM_MS, type Claim, type EventOutbox } from './store.ts';

/** Shards claimed at a time: bounds what one publication holds. */
const CLAIM_SHARDS = 32;
/** How long to leave a shard to the relay that has it, in milliseconds. */
const BUSY_MS = 50;

const keysOf = (shard: number) => [`${shardPrefix(shard)}outbox`, `${shardPrefix(shard)}relay`];

/** The outbox lists of all shards. Knows which ones this process added to; looks at all when asked to. */
export function createRedisOutbox(
  redis: RedisClient,
): EventOutbox & { added(shard: number, heartbeatsOnly: boolean): void; dropped(): void } {
  const run = createRedisScripts(redis, { CLAIM, SETTLE });
  const waiting = new Set<number>();
  const listeners: ((heartbeatsOnly: boolean) => void)[] = [];
  const dropListeners: (() => void)[] = [];
  const tell = (heartbeatsOnly: boolean) => {
    for (const listener of listeners) listener(heartbeatsOnly);
  };
  const later = (shard: number) => {
    setTimeout(() => {
      waiting.add(shard);
      tell(false);
    }, BUSY_MS).unref();
  };

  // Claims whose end Redis has not confirmed, because it went away: ended before the shard is claimed again, rather than
  // waiting for the lock to lapse.
  const unconfirmed = new Map<number, { token: string; published: number }>();
  const confirm = async (shard: number) => {
    const claim = unconfirmed.get(shard);
    if (!claim) return;
    await run('SETTLE', keysOf(shard), [claim.token, claim.published]);
    unconfirmed.delete(shard);
  };

  const claimShard = async (shard: number): Promise<Claim | null> => {
    await confirm(shard);
    const token = randomUUID();
    const end = async (published: number, isMoreWaiting: boolean) => {
      unconfirmed.set(shard, { token, published });
      if (isMoreWaiting) waiting.add(shard);
      try {
        await confirm(shard);
      } catch (error) {
        waiting.add(shard);
        throw error;
      }
    };
    unconfirmed.set(shard, { token, published: 0 });
    const entries = (await run('CLAIM', keysOf(shard), [token, CLAIM_MS, CLAIM_LIMIT])) as string[] | -1;
    unconfirmed.delete(shard);
    if (entries === -1) later(shard);
    if (entries === -1 || entries.length === 0) return null;
    return {
      events: entries.map(toEvent),
      settle: () => end(entries.length, entries.length === CLAIM_LIMIT),
      release: () => end(0, true),
    };
  };

  return {
    onAdded: (listener) => void listeners.push(listener),
    onDropped: (listener) => void dropListeners.push(listener),
    added(shard, heartbeatsOnly) {
      waiting.add(shard);
      tell(heartbeatsOnly);
    },
    dropped() {
      for (const listener of dropListeners) listener();
    },
    async claim({ everywhere }) {
      if (everywhere) for (let shard = 0; shard < SHARD_COUNT; shard += 1) waiting.add(shard);
      while (waiting.size > 0) {
        const shards = [...waiting].slice(0, CLAIM_SHARDS);
        for (const shard of shards) waiting.delete(shard);
        const results = await Promise.allSettled(shards.map(claimShard));
        const failed = results.find((result) => result.status === 'rejected');
        if (failed) for (const shard of shards) waiting.add(shard);
        const claims = results.flatMap((result) =>
          result.status === 'fulfilled' && result.value ? [result.value] : [],
        );
        if (claims.length > 0) return claims;
        if (failed) throw failed.reason;
      }
      return [];
    },
  };
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
