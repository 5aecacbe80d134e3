import type { RedisClient } from '@giggityflix/state';
import { type DeliveryJournal, readDeliveries } from './delivery-journal.ts';

/** How many deliveries one HSCAN step reads. */
const SCAN_COUNT = 500;
/** Deliveries of an edge that never comes back are deleted after this long, as Kafka deletes its commands by default. */
const RETENTION_SECONDS = 7 * 24 * 3_600;

/** {@link DeliveryJournal} in Redis: a hash for each edge. */
export function createRedisDeliveryJournal(redis: RedisClient): DeliveryJournal {
  const keyOf = (edgeId: string) => `gf:edge:deliveries:{${edgeId}}`;
  return {
    async add(edgeId, delivery) {
      const key = keyOf(edgeId);
      await Promise.all([
        redis.hset(key, delivery.deliveryId, JSON.stringify(delivery)),
        redis.expire(key, RETENTION_SECONDS),
      ]);
    },
    async remove(edgeId, deliveryId) {
      await redis.hdel(keyOf(edgeId), deliveryId);
    },
    async ofEdge(edgeId) {
      // HSCAN may return a field twice while the hash grows.
      const found = new Map<string, string>();
      let cursor = '0';
      do {
        const [next, fields] = await redis.hscan(keyOf(edgeId), cursor, 'COUNT', SCAN_COUNT);
        for (let index = 0; index < fields.length; index += 2) found.set(fields[index]!, fields[index + 1]!);
        cursor = next;
      } while (cursor !== '0');
      return readDeliveries(
        [...found.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, json]) => json),
      );
    },
  };
}
