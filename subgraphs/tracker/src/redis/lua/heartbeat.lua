-- Heartbeats of the peers of one slot. Returns the positions of those whose record does not say that they are
-- connected through this connection; transition.lua handles them.
local due = KEYS[1]
local now = clock(ARGV[1])
local prefix, timeout = ARGV[2], tonumber(ARGV[3])
local others = {}
for at = 4, #ARGV, 3 do
  local peer, connection = ARGV[at], ARGV[at + 1]
  local record = prefix .. 'peer:' .. peer
  local known = redis.call('HMGET', record, 'conn', 'state')
  if known[1] == connection and known[2] == 'CONNECTED' then
    redis.call('HSET', record, 'hb', now, 'streams', ARGV[at + 2], 'pending', 0)
    redis.call('ZADD', due, now + timeout, peer)
  elseif not known[1] or connection > known[1] or (connection == known[1] and known[2] == 'STALE') then
    others[#others + 1] = (at - 4) / 3
  end
end
return others
