-- Decides about a peer. Returns 0 for one that is no member, unless it is made one.
local member, members = unpack(KEYS)
local peerId, membership, at, create = unpack(ARGV)
if redis.call('EXISTS', member) == 0 then
  if create ~= '1' then return 0 end
  redis.call('HSET', member, 'since', at)
  redis.call('ZADD', members, 0, peerId)
end
redis.call('HSET', member, 'membership', membership)
redis.call('HINCRBY', member, 'version', 1)
return 1
