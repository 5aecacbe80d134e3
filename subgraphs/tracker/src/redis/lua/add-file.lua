-- Registers an address for a file. Returns the hash under which the file is registered, or '' when it is full.
local hashKey, peers, names, expiry = unpack(KEYS)
local now = clock(ARGV[1])
local name, hash, ip, ttl, limit = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
local ended = redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, 100)
if #ended > 0 then
  redis.call('ZREM', names, unpack(ended))
  redis.call('ZREM', expiry, unpack(ended))
end
redis.call('ZREMRANGEBYSCORE', peers, '-inf', now - ttl)
local known = redis.call('EXISTS', peers) == 1 and redis.call('GET', hashKey)
if known and known ~= hash then return known end
if not redis.call('ZSCORE', peers, ip) and redis.call('ZCARD', peers) >= limit then return '' end
redis.call('SET', hashKey, hash, 'PX', ttl)
redis.call('ZADD', peers, now, ip)
redis.call('PEXPIRE', peers, ttl)
redis.call('ZADD', names, 0, name)
redis.call('ZADD', expiry, now + ttl, name)
return hash
