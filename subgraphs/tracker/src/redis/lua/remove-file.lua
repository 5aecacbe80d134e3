-- Removes an address from a file, and the file with its last one.
local hashKey, peers, names, expiry = unpack(KEYS)
local removed = redis.call('ZREM', peers, ARGV[1])
if redis.call('EXISTS', peers) == 0 then
  redis.call('DEL', hashKey)
  redis.call('ZREM', names, ARGV[2])
  redis.call('ZREM', expiry, ARGV[2])
end
return removed
