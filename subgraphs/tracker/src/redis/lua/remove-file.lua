-- Removes an address, and the vote of its network, from a file, and the file with its last one.
local hashKey, peers, names, expiry, votes = unpack(KEYS)
local removed = redis.call('ZREM', peers, ARGV[1])
for _, vote in ipairs(redis.call('ZRANGE', votes, 0, -1)) do
  if string.match(vote, '^%S+ (%S+)$') == ARGV[3] then redis.call('ZREM', votes, vote) end
end
if redis.call('EXISTS', peers) == 0 then
  redis.call('DEL', hashKey)
  redis.call('ZREM', names, ARGV[2])
  redis.call('ZREM', expiry, ARGV[2])
end
return removed
