-- Adds a file to the index of an address. Returns 0 when the address has reached its limit, 2 when the file was there.
local index = KEYS[1]
local now = clock(ARGV[1])
local name, ttl, limit = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
redis.call('ZREMRANGEBYSCORE', index, '-inf', now)
local isNew = not redis.call('ZSCORE', index, name)
if isNew and redis.call('ZCARD', index) >= limit then return 0 end
redis.call('ZADD', index, now + ttl, name)
redis.call('PEXPIRE', index, ttl)
return isNew and 1 or 2
