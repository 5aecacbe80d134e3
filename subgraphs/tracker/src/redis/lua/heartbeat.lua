-- Heartbeats of the peers of one slot. Returns two lists of positions: of those whose record does not say that they are
-- connected through this connection, which transition.lua handles, and of those whose catalog nobody has announced in time.
local due = KEYS[1]
local now = clock(ARGV[1])
local prefix, timeout = ARGV[2], tonumber(ARGV[3])
local others, unannounced = {}, {}
for at = 4, #ARGV, 3 do
  local peer, connection = ARGV[at], ARGV[at + 1]
  local record = prefix .. 'peer:' .. peer
  local known = redis.call('HMGET', record, 'conn', 'state', 'inferred', 'established', 'full', 'at')
  local position = (at - 4) / 3
  if known[1] == connection and known[2] == 'CONNECTED' then
    redis.call('HSET', record, 'hb', now, 'streams', ARGV[at + 2], 'pending', 0)
    redis.call('ZADD', due, now + timeout, peer)
    if known[4] == '0' and known[5] == '0' and now - tonumber(known[6]) >= timeout then
      unannounced[#unannounced + 1] = position
    end
  elseif not known[1] or connection > known[1]
    or (connection == known[1] and (known[2] == 'STALE' or known[3] == '1')) then
    others[#others + 1] = position
  end
end
return { others, unannounced }
