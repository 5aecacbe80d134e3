import { defineScripts, type RedisClient } from '@giggityflix/state';
import {
  CONNECTION_ID_MEMORY_S,
  type ConnectionDirectory,
  type ConnectionEntry,
} from './connection-directory.ts';

/** How many connections one HSCAN step reads. */
const SCAN_COUNT = 500;
const SCRIPTS = {
  // KEYS: what keeps a peer's newest id. ARGV: an id, how long it is kept.
  remember: {
    numberOfKeys: 1,
    lua: `
      local known = redis.call('GET', KEYS[1])
      if known and known > ARGV[1] then return redis.call('EXPIRE', KEYS[1], ARGV[2]) end
      redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])`,
  },
} as const;

/**
 * {@link ConnectionDirectory} in Redis: a hash of connections for each edge, and one for each peer. They are in
 * different slots; a crash between the two writes leaves the edge's, which is the one that is cleaned up from. A peer's
 * entries are deleted after a month, so that peers which never come back leave nothing. A connection that outlives it is
 * still found by its edge; only commands sent to another edge miss it.
 */
export function createRedisConnectionDirectory(redis: RedisClient): ConnectionDirectory {
  const ofEdgeKey = (edgeId: string) => `gf:edge:connections:{${edgeId}}`;
  const ofPeerKey = (peerId: string) => `gf:edge:peer-connections:{${peerId}}`;
  const newestIdKey = (peerId: string) => `gf:edge:newest-connection:{${peerId}}`;
  const run = defineScripts(redis, 'edge_connections_', SCRIPTS);
  return {
    newestId: (peerId) => redis.get(newestIdKey(peerId)),
    async add({ peerId, edgeId, connectionId }) {
      await run('remember', [newestIdKey(peerId)], [connectionId, CONNECTION_ID_MEMORY_S]);
      await redis.hset(ofEdgeKey(edgeId), connectionId, peerId);
      await redis.hset(ofPeerKey(peerId), connectionId, edgeId);
      await redis.expire(ofPeerKey(peerId), CONNECTION_ID_MEMORY_S);
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
