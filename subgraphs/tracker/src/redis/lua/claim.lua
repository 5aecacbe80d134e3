-- Leases the outbox of one slot and reads its oldest entries; a match comes with the subscriptions it is for. When it has
-- few, files that wait (see apply.lua) are appended first, in turns of their peers.
-- -1: another process has the lease.
local outbox, lease = KEYS[1], KEYS[2]
local token, leaseMs, limit, prefix = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local unpublished, turns = prefix .. 'unpublished', prefix .. 'turns'
if redis.call('XLEN', outbox) == 0 and redis.call('EXISTS', unpublished) == 0 then return {} end
if not redis.call('SET', lease, token, 'NX', 'PX', leaseMs) then return -1 end
local room = limit - redis.call('XLEN', outbox)
local peers = room > 0 and redis.call('ZRANGE', turns, 0, room - 1) or {}
for _, peer in ipairs(peers) do
  local waiting = prefix .. 'waiting:' .. peer
  for _, id in ipairs(redis.call('SPOP', waiting, math.max(1, math.floor(room / #peers)))) do
    redis.call('HDEL', unpublished, id)
    redis.call('XADD', outbox, '*', 'a', id .. redis.call('SCARD', prefix .. 'peers:' .. id))
  end
  if redis.call('EXISTS', waiting) == 0 then
    redis.call('ZREM', turns, peer)
  else
    redis.call('ZINCRBY', turns, 1, peer)
  end
end
local answer = {}
local size = 0
for _, entry in ipairs(redis.call('XRANGE', outbox, '-', '+', 'COUNT', limit)) do
  local id, fields = entry[1], entry[2]
  if fields[1] == 'a' then
    answer[#answer + 1] = { id, 'a', fields[2] }
    size = size + 1
  else
    local room = limit - size
    local matched = prefix .. 'matched:' .. id
    local subscriptions = redis.call('HRANDFIELD', matched, room, 'WITHVALUES')
    local isWhole = redis.call('HLEN', matched) <= #subscriptions / 2
    answer[#answer + 1] = { id, 'm', fields[2], fields[4], isWhole and 1 or 0, subscriptions }
    size = size + #subscriptions / 2
    -- What follows waits for the rest of it.
    if not isWhole then break end
  end
  if size >= limit then break end
end
return answer
