-- Stores a subscription, or matches it at once when the file is available.
local outbox, waiting, expiry, peers = unpack(KEYS)
local now = clock(ARGV[1])
local id, catalogId, value, expiresAt, maxPeers = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
local prefix = ARGV[7]
local ended = redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, 1000)
if #ended > 0 then
  redis.call('HDEL', waiting, unpack(ended))
  redis.call('ZREM', expiry, unpack(ended))
end
local count = redis.call('SCARD', peers)
if count > 0 then
  local sample = redis.call('SRANDMEMBER', peers, maxPeers)
  local entry = redis.call('XADD', outbox, '*', 'm', catalogId .. count, 'p', table.concat(sample, ' '))
  local matched = prefix .. 'matched:' .. entry
  redis.call('HSET', matched, id, value)
  redis.call('PEXPIREAT', matched, expiresAt)
  return 1
end
redis.call('HSET', waiting, id, value)
redis.call('ZADD', expiry, expiresAt, id)
-- Both keys expire with the last subscription.
local latest = redis.call('ZRANGE', expiry, -1, -1, 'WITHSCORES')[2]
redis.call('PEXPIREAT', waiting, latest)
redis.call('PEXPIREAT', expiry, latest)
return 0
