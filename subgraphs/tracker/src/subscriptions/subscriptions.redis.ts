import { formatSubscription, parseSubscription } from '../availability/outbox.redis.ts';
import { MAX_PEERS_PER_MATCH } from '../availability/outbox.ts';
import { formatOwner } from '../availability/owner.ts';
import type { RedisContext } from '../redis/context.ts';
import { encodeId, shardOfFile } from '../redis/keys.ts';
import {
  catalogIdOf,
  MAX_SUBSCRIPTIONS_PER_OWNER,
  type StoredSubscription,
  type SubscriptionStore,
  TooManySubscriptions,
} from './subscriptions.ts';

/**
 * Subscriptions are stored beside their file, so that its first peer matches them in the same atomic step. An index in
 * another slot lists those of an owner. It is written before and cleaned after: it may list too many, never too few.
 */
export function createRedisSubscriptions(
  context: RedisContext,
  options: { appended: (shards: readonly number[]) => void },
): SubscriptionStore {
  const { client, run, keys, time } = context;

  const read = async (id: string): Promise<string | null> => {
    const catalogId = catalogIdOf(id);
    return catalogId && client.hget(keys.waiting(encodeId(catalogId)), id);
  };

  return {
    async subscribe(subscription) {
      const { id, catalogId, owner, expiresAt } = subscription;
      const encoded = encodeId(catalogId);
      const shard = shardOfFile(encoded);
      const index = keys.ownerIndex(formatOwner(owner));
      const indexed = await run<number>(
        'own-subscription',
        [index],
        [time(), id, expiresAt, MAX_SUBSCRIPTIONS_PER_OWNER],
      );
      if (indexed === 0) throw new TooManySubscriptions();
      context.faultPoint('after the index of the owner');
      const matched = await run<number>(
        'subscribe',
        [keys.outbox(shard), keys.waiting(encoded), keys.waitingExpiry(encoded), keys.filePeers(encoded)],
        [
          time(),
          id,
          encoded,
          formatSubscription(subscription),
          expiresAt,
          MAX_PEERS_PER_MATCH,
          keys.files(shard),
        ],
      );
      if (matched === 0) return;
      await client.zrem(index, id);
      options.appended([shard]);
    },

    async cancel(id, permitted) {
      const stored = await read(id);
      if (stored === null) return false;
      const { owner } = parseSubscription(stored);
      if (!permitted(owner)) return false;
      const encoded = encodeId(catalogIdOf(id) as string);
      const removed = await run<number>(
        'cancel',
        [keys.waiting(encoded), keys.waitingExpiry(encoded)],
        [id, stored],
      );
      await client.zrem(keys.ownerIndex(formatOwner(owner)), id);
      return removed === 1;
    },

    async list(owner, { first, after }) {
      const index = keys.ownerIndex(formatOwner(owner));
      const now = time() === '' ? Date.now() : Number(time());
      // At most MAX_SUBSCRIPTIONS_PER_OWNER of them.
      const indexed = (await client.zrangebyscore(index, `(${now}`, '+inf'))
        .filter((id) => after === undefined || id > after)
        .sort();
      const found: StoredSubscription[] = [];
      for (let at = 0; at < indexed.length && found.length < first; at += first) {
        const ids = indexed.slice(at, at + first);
        const stored = await Promise.all(ids.map(read));
        for (const [position, id] of ids.entries()) {
          const text = stored[position];
          if (text) found.push({ id, catalogId: catalogIdOf(id) as string, ...parseSubscription(text) });
          // It was matched in the meantime.
          else await client.zrem(index, id);
        }
      }
      return found.slice(0, first);
    },
  };
}
