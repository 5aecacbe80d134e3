-- Adds a subscription to its owner's index. Returns 0 when the owner has reached the limit.
local index = KEYS[1]
local id, expiresAt, limit = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
redis.call('ZREMRANGEBYSCORE', index, '-inf', clock(ARGV[1]))
if redis.call('ZCARD', index) >= limit then return 0 end
redis.call('ZADD', index, expiresAt, id)
redis.call('PEXPIREAT', index, redis.call('ZRANGE', index, -1, -1, 'WITHSCORES')[2])
return 1
