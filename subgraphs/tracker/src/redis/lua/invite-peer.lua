-- Stores an invitation. Returns 0 when its account has as many open ones as it may.
local open, invitation, all, mine = unpack(KEYS)
local id, expiresAt, limit, listedUntil = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
redis.call('ZREMRANGEBYSCORE', open, '-inf', clock(ARGV[1]))
if redis.call('ZCARD', open) >= limit then return 0 end
redis.call('ZADD', open, expiresAt, id)
redis.call('HSET', invitation, unpack(ARGV, 6))
redis.call('PEXPIREAT', invitation, listedUntil)
redis.call('ZADD', all, 0, id)
redis.call('ZADD', mine, 0, id)
return 1
