import type { RedisClient } from '@giggityflix/state';
import type { ConnectionDirectory, ConnectionEntry } from './connection-directory.ts';

/** How many connections one HSCAN step reads. */
const SCAN_COUNT = 500;
/**
 * A peer's entries are deleted after this long, so that peers which never come back leave nothing. A
 * connection that outlives it is still found by its edge; only commands sent to another edge miss it.
 */
const PEER_ENTRY_SECONDS = 30 * 24 * 3_600;

/**
 * {@link ConnectionDirectory} in Redis: a hash of connections for each edge, and one for each peer. They are in
 * different slots; a crash between the two writes leaves the edge's, which is the one that is cleaned up from.
 */
export function createRedisConnectionDirectory(redis: RedisClient): ConnectionDirectory {
  const ofEdgeKey = (edgeId: string) => `gf:edge:connections:{${edgeId}}`;
  const ofPeerKey = (peerId: string) => `gf:edge:peer-connections:{${peerId}}`;
  return {
    async add({ peerId, edgeId, connectionId }) {
      await redis.hset(ofEdgeKey(edgeId), connectionId, peerId);
      await redis.hset(ofPeerKey(peerId), connectionId, edgeId);
      await redis.expire(ofPeerKey(peerId), PEER_ENTRY_SECONDS);
    },
    async remove({ peerId, edgeId, connectionId }) {
      await redis.hdel(ofPeerKey(peerId), connectionId);
      await redis.hdel(ofEdgeKey(edgeId), connectionId);
    },
    async find(peerId) {
      const entries = Object.entries(await redis.hgetall(ofPeerKey(peerId)));
      const newest = entries.sort(([left], [right]) => (left < right ? 1 : -1))[0];
      return newest ? { peerId, connectionId: newest[0], edgeId: newest[1] } : null;
    },
    async ofEdge(edgeId) {
      const entries: ConnectionEntry[] = [];
      let cursor = '0';
      do {
        const [next, fields] = await redis.hscan(ofEdgeKey(edgeId), cursor, 'COUNT', SCAN_COUNT);
        for (let index = 0; index < fields.length; index += 2)
          entries.push({ connectionId: fields[index]!, peerId: fields[index + 1]!, edgeId });
        cursor = next;
      } while (cursor !== '0');
      return entries;
    },
  };
}
