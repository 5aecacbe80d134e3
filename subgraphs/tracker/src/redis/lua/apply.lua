-- Applies a peer's intents to the files of one slot. A file that is as intended already causes no entry in the outbox.
-- The keys of files are made here from the prefix: they share the hash tag of the outbox, KEYS[1].
local outbox = KEYS[1]
local prefix, peer, deadline, maxPeers = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
-- A process whose lease has expired must not write: another one may have continued its work.
if clock(ARGV[1]) > deadline then return redis.error_reply('LATE the lease of the peer has expired') end

local function append(id, count) redis.call('XADD', outbox, '*', 'a', id .. count) end

local function match(id, count)
  local waiting = prefix .. 'subs:' .. id
  if redis.call('EXISTS', waiting) == 0 then return end
  local peers = redis.call('SRANDMEMBER', prefix .. 'peers:' .. id, maxPeers)
  local entry = redis.call('XADD', outbox, '*', 'm', id .. count, 'p', table.concat(peers, ' '))
  redis.call('RENAME', waiting, prefix .. 'matched:' .. entry)
  redis.call('UNLINK', prefix .. 'expiry:' .. id)
end

each(ARGV[6], function(id)
  local peers = prefix .. 'peers:' .. id
  if redis.call('SADD', peers, peer) == 1 then
    local count = redis.call('SCARD', peers)
    append(id, count)
    if count == 1 then match(id, count) end
  end
end)
each(ARGV[7], function(id)
  local peers = prefix .. 'peers:' .. id
  if redis.call('SREM', peers, peer) == 1 then append(id, redis.call('SCARD', peers)) end
end)
return redis.call('XLEN', outbox)
