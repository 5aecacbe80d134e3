import type { Signal } from '@giggityflix/bus';
import type { RedisClient } from '@giggityflix/state';
import type { ServingPeer } from '../availability/availability.ts';
import { shardPrefix } from '../redis/keys.ts';
import { defineViewingScripts, guardOf } from '../redis/scripts.ts';
import { shardOfSession } from '../sessions/session-id.ts';
import {
  MAX_LOST_PEERS,
  MAX_OFFERED_PEERS,
  MAX_SESSIONS_PER_PEER,
  MAX_SIGNALS,
  NEGOTIATION_TTL_MS,
  type NegotiationStore,
  type StoredSignal,
} from './negotiations.ts';

/** KEYS: negotiation, signals. ARGV: peer, edge, connection, time to live, most peers offered to. */
const BEGIN = `
local offered = {}
for _, entry in ipairs(cjson.decode(redis.call('HGET', KEYS[1], 'offered') or '[]')) do
  if entry.peerId ~= ARGV[1] then offered[#offered + 1] = entry end
end
offered[#offered + 1] = { peerId = ARGV[1], edgeId = ARGV[2], connectionId = ARGV[3] }
while #offered > tonumber(ARGV[5]) do table.remove(offered, 1) end
redis.call('HSET', KEYS[1], 'offered', cjson.encode(offered))
redis.call('HSET', KEYS[1], 'peer', ARGV[1], 'edge', ARGV[2], 'connection', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('DEL', KEYS[2])
return 1
`;

/** KEYS: negotiation, signals. ARGV: peer, id, signal, 'lost' or '', most signals, most lost peers, time to live. */
const APPEND = `
local mark = ARGV[2] .. '\\n'
for _, entry in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
  if string.sub(entry, 1, #mark) == mark then return 'known' end
end
if redis.call('HGET', KEYS[1], 'peer') ~= ARGV[1] then return 'not_serving' end
if ARGV[4] == 'lost' or redis.call('LLEN', KEYS[2]) < tonumber(ARGV[5]) then
  redis.call('RPUSH', KEYS[2], mark .. ARGV[1] .. '\\n' .. ARGV[3])
  redis.call('PEXPIRE', KEYS[2], ARGV[7])
end
if ARGV[4] == 'lost' then
  local lost = {}
  for id in string.gmatch(redis.call('HGET', KEYS[1], 'lost') or '', '[^,]+') do
    if id ~= ARGV[1] then lost[#lost + 1] = id end
  end
  lost[#lost + 1] = ARGV[1]
  while #lost > tonumber(ARGV[6]) do table.remove(lost, 1) end
  redis.call('HSET', KEYS[1], 'lost', table.concat(lost, ','))
  redis.call('HDEL', KEYS[1], 'peer', 'edge', 'connection')
end
return 'appended'
`;

/**
 * Negotiations in Redis. Keys under `viewing:{shard}:`: `negotiation:<session>` (hash), `signals:<session>` (list of
 * `id \\n peer \\n signal`). `viewing:served:{connection}` (sorted set) finds the sessions of a peer's connection.
 */
export function createRedisNegotiations(redis: RedisClient): NegotiationStore {
  const run = defineViewingScripts(redis, { BEGIN, APPEND });
  const guard = guardOf(redis);
  const keysOf = (sessionId: string): [negotiation: string, signals: string] => {
    const shard = shardOfSession(sessionId);
    if (shard === null) throw new Error(`${JSON.stringify(sessionId)} is not a session id`);
    return [`${shardPrefix(shard)}negotiation:${sessionId}`, `${shardPrefix(shard)}signals:${sessionId}`];
  };
  const servedKey = (connectionId: string) => `viewing:served:{${connectionId}}`;
  const get: NegotiationStore['get'] = async (sessionId) => {
    const [key] = keysOf(sessionId);
    const [peerId, edgeId, connectionId, lost] = await guard(() =>
      redis.hmget(key, 'peer', 'edge', 'connection', 'lost'),
    );
    if (!peerId && !lost) return null;
    return {
      peer: peerId && edgeId && connectionId ? { peerId, edgeId, connectionId } : null,
      lostPeerIds: lost ? lost.split(',') : [],
    };
  };
  return {
    get,
    async begin(sessionId, peer) {
      const served = servedKey(peer.connectionId);
      // The index first: an entry too many is harmless, a session that is not found would miss its loss.
      await guard(() => redis.zadd(served, Date.now(), sessionId));
      await guard(() => redis.zremrangebyrank(served, 0, -MAX_SESSIONS_PER_PEER - 1));
      await guard(() => redis.pexpire(served, NEGOTIATION_TTL_MS));
      await run('BEGIN', keysOf(sessionId), [
        peer.peerId,
        peer.edgeId,
        peer.connectionId,
        NEGOTIATION_TTL_MS,
        MAX_OFFERED_PEERS,
      ]);
    },
    async append(sessionId, { id, peerId, signal }) {
      if (shardOfSession(sessionId) === null) return 'not_serving';
      const outcome = await run('APPEND', keysOf(sessionId), [
        peerId,
        id,
        JSON.stringify(signal),
        signal.kind === 'lost' ? 'lost' : '',
        MAX_SIGNALS,
        MAX_LOST_PEERS,
        NEGOTIATION_TTL_MS,
      ]);
      return outcome as 'appended' | 'known' | 'not_serving';
    },
    async offeredTo(sessionId) {
      const [key] = keysOf(sessionId);
      return JSON.parse((await guard(() => redis.hget(key, 'offered'))) ?? '[]') as ServingPeer[];
    },
    async signals(sessionId) {
      const [, key] = keysOf(sessionId);
      return (await guard(() => redis.lrange(key, 0, -1))).map(toStoredSignal);
    },
    async servedBy(peerId, connectionId) {
      const candidates = await guard(() =>
        redis.zrevrange(servedKey(connectionId), 0, MAX_SESSIONS_PER_PEER - 1),
      );
      const negotiations = await Promise.all(candidates.map(get));
      return candidates.filter((_, index) => {
        const peer = negotiations[index]?.peer;
        return peer?.peerId === peerId && peer.connectionId === connectionId;
      });
    },
  };
}

function toStoredSignal(entry: string): StoredSignal {
  const first = entry.indexOf('\n');
  const second = entry.indexOf('\n', first + 1);
  return {
    id: entry.slice(0, first),
    peerId: entry.slice(first + 1, second),
    signal: JSON.parse(entry.slice(second + 1)) as Signal,
  };
}
