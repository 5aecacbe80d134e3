-- Registers an address for a file. Returns the hash under which the file is registered, or '' when it is full.
-- Each network has a vote for one hash of a name; a hash with more votes than the registered one takes its place.
local hashKey, peers, names, expiry, votes = unpack(KEYS)
local now = clock(ARGV[1])
local name, hash, ip, ttl, limit, network = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7]
local ended = redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, 100)
if #ended > 0 then
  redis.call('ZREM', names, unpack(ended))
  redis.call('ZREM', expiry, unpack(ended))
end
redis.call('ZREMRANGEBYSCORE', peers, '-inf', now - ttl)
redis.call('ZREMRANGEBYSCORE', votes, '-inf', now - ttl)
local known = redis.call('EXISTS', peers) == 1 and redis.call('GET', hashKey)
local count = {}
for _, vote in ipairs(redis.call('ZRANGE', votes, 0, -1)) do
  local votedHash, voter = string.match(vote, '^(%S+) (%S+)$')
  if voter == network then redis.call('ZREM', votes, vote)
  else count[votedHash] = (count[votedHash] or 0) + 1 end
end
if redis.call('ZCARD', votes) < limit then
  redis.call('ZADD', votes, now, hash .. ' ' .. network)
  redis.call('PEXPIRE', votes, ttl)
  count[hash] = (count[hash] or 0) + 1
end
if known and known ~= hash then
  if (count[hash] or 0) <= math.max(count[known] or 0, 1) then return known end
  redis.call('DEL', peers)
end
if not redis.call('ZSCORE', peers, ip) and redis.call('ZCARD', peers) >= limit then return '' end
redis.call('SET', hashKey, hash, 'PX', ttl)
redis.call('ZADD', peers, now, ip)
redis.call('PEXPIRE', peers, ttl)
redis.call('ZADD', names, 0, name)
redis.call('ZADD', expiry, now + ttl, name)
return hash
