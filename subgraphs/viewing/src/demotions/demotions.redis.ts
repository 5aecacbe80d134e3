import type { RedisClient } from '@giggityflix/state';
import { defineViewingScripts, NOW } from '../redis/scripts.ts';
import {
  DEMOTION_LIMITS,
  type DemotionLimits,
  type DemotionReason,
  type DemotionStore,
} from './demotions.ts';

/**
 * KEYS: peers by the end of their demotion, what is known of each. ARGV: prefix, peer, account, reason, demotion, reports of an
 * account, their window, most peers, most accounts of a peer.
 */
const REPORT = `${NOW}
local reports = ARGV[1] .. 'reports:' .. ARGV[3]
local count = redis.call('INCR', reports)
if count == 1 then redis.call('PEXPIRE', reports, ARGV[7]) end
if count > tonumber(ARGV[6]) then return 'ignored' end
local function forget(peer)
  redis.call('ZREM', KEYS[1], peer)
  redis.call('HDEL', KEYS[2], peer)
  redis.call('DEL', ARGV[1] .. 'accounts:' .. peer)
end
for _, peer in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do forget(peer) end
local known = redis.call('HGET', KEYS[2], ARGV[2])
local since = known and cjson.decode(known).since or now
redis.call('HSET', KEYS[2], ARGV[2], cjson.encode({ reason = ARGV[4], since = since }))
redis.call('ZADD', KEYS[1], now + ARGV[5], ARGV[2])
local accounts = ARGV[1] .. 'accounts:' .. ARGV[2]
if redis.call('SCARD', accounts) < tonumber(ARGV[9]) then redis.call('SADD', accounts, ARGV[3]) end
redis.call('PEXPIRE', accounts, ARGV[5])
local excess = redis.call('ZCARD', KEYS[1]) - ARGV[8]
if excess > 0 then
  for _, peer in ipairs(redis.call('ZRANGE', KEYS[1], 0, excess - 1)) do forget(peer) end
end
return 'demoted'
`;

/** KEYS: as above. ARGV: prefix, most (-1: all). Peer, what is known, end and number of accounts of each. */
const LIST = `${NOW}
local listed = {}
for _, peer in ipairs(redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', '(' .. now, 'LIMIT', 0, ARGV[2])) do
  listed[#listed + 1] = { peer, redis.call('HGET', KEYS[2], peer), redis.call('ZSCORE', KEYS[1], peer),
    redis.call('SCARD', ARGV[1] .. 'accounts:' .. peer) }
end
return listed
`;

/** KEYS: as above. ARGV: prefix, most. */
const IDS = `${NOW}
return redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', '(' .. now, 'LIMIT', 0, ARGV[2])
`;

const COUNT = `${NOW}
return redis.call('ZCOUNT', KEYS[1], '(' .. now, '+inf')
`;

/** All keys of demotions share a slot: there are few, and they are written rarely. */
const PREFIX = 'viewing:{demotions}:';

/**
 * Demotions in Redis. Keys under `viewing:{demotions}:`: `until` (sorted set of peers by the end of their demotion), `peers` (hash of
 * JSON), `accounts:<peer>` (set, there as long as the peer is demoted), `reports:<account>` (number).
 */
export function createRedisDemotions(
  redis: RedisClient,
  limits: DemotionLimits = DEMOTION_LIMITS,
  prefix: string = PREFIX,
): DemotionStore {
  const run = defineViewingScripts(redis, { REPORT, LIST, IDS, COUNT });
  const keys = [`${prefix}until`, `${prefix}peers`];
  return {
    report: ({ peerId, account, reason }) =>
      run<'demoted' | 'ignored'>('REPORT', keys, [
        prefix,
        peerId,
        account,
        reason,
        limits.demotionMs,
        limits.reportsPerAccount,
        limits.reportWindowMs,
        limits.peers,
        limits.accountsPerPeer,
      ]),
    count: () => run<number>('COUNT', keys, [prefix]),
    ids: (most) => run<string[]>('IDS', keys, [prefix, most]),
    async list(most = -1) {
      const listed = await run<[string, string, string, number][]>('LIST', keys, [prefix, most]);
      return listed.map(([peerId, known, until, accounts]) => {
        const { reason, since } = JSON.parse(known) as { reason: DemotionReason; since: number };
        return { peerId, reason, since, until: Number(until), accounts };
      });
    },
  };
}
