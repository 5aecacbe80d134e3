/**
 * Every script touches the keys of one peer id or of one address, which share a hash tag, so that all of it runs
 * on Redis Cluster. Time is Redis's own. Every key expires.
 */
export const SCRIPTS = {
  /**
   * Keeps the endpoint of a peer id. KEYS: peer. ARGV: endpoint, vouched (1 or 0), ttl, value.
   * Answers the endpoint that was replaced, or "taken".
   */
  matchmakerPutPeer: {
    numberOfKeys: 1,
    lua: `
      local before = redis.call('HMGET', KEYS[1], 'endpoint', 'vouched')
      local moved = before[1] and before[1] ~= ARGV[1]
      if before[2] == '1' and ARGV[2] == '0' then return 'taken' end
      redis.call('HSET', KEYS[1], 'endpoint', ARGV[1], 'vouched', ARGV[2], 'value', ARGV[4])
      redis.call('PEXPIRE', KEYS[1], ARGV[3])
      if moved then return before[1] end
      return ''
    `,
  },
  /**
   * Keeps a registration at its address. KEYS: ports by end, values by port. ARGV: port, ttl, most, value.
   * Answers 1, or 0 when the address has no room.
   */
  matchmakerPutAddress: {
    numberOfKeys: 2,
    lua: `
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local ended = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 1000)
      if #ended > 0 then
        redis.call('ZREM', KEYS[1], unpack(ended))
        redis.call('HDEL', KEYS[2], unpack(ended))
      end
      if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
        return 0
      end
      redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
      redis.call('HSET', KEYS[2], ARGV[1], ARGV[4])
      redis.call('PEXPIRE', KEYS[1], ARGV[2])
      redis.call('PEXPIRE', KEYS[2], ARGV[2])
      return 1
    `,
  },
  /** The live registrations of an address, three at most. KEYS: as above. */
  matchmakerAtAddress: {
    numberOfKeys: 2,
    lua: `
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local ports = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'LIMIT', 0, 3)
      if #ports == 0 then return {} end
      return redis.call('HMGET', KEYS[2], unpack(ports))
    `,
  },
  /** One live registration. KEYS: as above. ARGV: port. */
  matchmakerAtEndpoint: {
    numberOfKeys: 2,
    lua: `
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
      if not ends or tonumber(ends) <= now then return false end
      return redis.call('HGET', KEYS[2], ARGV[1])
    `,
  },
  /** Removes a registration that its peer has left. KEYS: as above. ARGV: port. */
  matchmakerRemove: {
    numberOfKeys: 2,
    lua: `
      redis.call('ZREM', KEYS[1], ARGV[1])
      return redis.call('HDEL', KEYS[2], ARGV[1])
    `,
  },
  /** Ties a token to an address. KEYS: token. ARGV: address, ttl. Answers the address it is tied to. */
  matchmakerClaimToken: {
    numberOfKeys: 1,
    lua: `
      if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return ARGV[1] end
      return redis.call('GET', KEYS[1])
    `,
  },
} as const;

type Arguments = (string | number)[];

/** The commands that ioredis makes of the scripts. */
export interface MatchmakerCommands {
  matchmakerPutPeer(...args: Arguments): Promise<string>;
  matchmakerPutAddress(...args: Arguments): Promise<0 | 1>;
  matchmakerAtAddress(...args: Arguments): Promise<(string | null)[]>;
  matchmakerAtEndpoint(...args: Arguments): Promise<string | null>;
  matchmakerRemove(...args: Arguments): Promise<number>;
  matchmakerClaimToken(...args: Arguments): Promise<string>;
}
