-- Applies a peer's intents to the files of one slot. A file that is as intended already causes no entry in the outbox.
-- The keys of files are made here from the prefix: they share the hash tag of the outbox, KEYS[1].
--
-- Changes of a peer that changes much wait for its turn: `unpublished` has the count that readers know of each such file,
-- and the peer; `waiting:<peer>` its files; `turns` the peers by how often they had one.
local outbox = KEYS[1]
local prefix, peer, deadline, maxPeers = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
-- A process whose lease has expired must not write: another one may have continued its work.
if clock(ARGV[1]) > deadline then return redis.error_reply('LATE the lease of the peer has expired') end

local waits = ARGV[8] == '1' or redis.call('XLEN', outbox) > tonumber(ARGV[9])
local unpublished, turns = prefix .. 'unpublished', prefix .. 'turns'

-- What readers know of those files that wait already.
local entries = {}
if redis.call('EXISTS', unpublished) == 1 then
  for _, joined in ipairs({ ARGV[6], ARGV[7] }) do
    local ids = {}
    each(joined, function(id) ids[#ids + 1] = id end)
    for at = 1, #ids, 5000 do
      local found = redis.call('HMGET', unpublished, unpack(ids, at, math.min(at + 4999, #ids)))
      for index, entry in ipairs(found) do entries[ids[at + index - 1]] = entry or nil end
    end
  end
end
-- Those that this begins to have wait, written together at the end.
local begun = {}

local function forget(id, owner)
  entries[id] = nil
  if begun[id] then
    begun[id] = nil
    return
  end
  redis.call('HDEL', unpublished, id)
  redis.call('SREM', prefix .. 'waiting:' .. owner, id)
  if redis.call('EXISTS', prefix .. 'waiting:' .. owner) == 0 then redis.call('ZREM', turns, owner) end
end

local function append(id, count, before)
  local entry = entries[id]
  if entry then
    local _, _, known, owner = string.find(entry, '^(%d+) (.*)$')
    if tonumber(known) == count then return forget(id, owner) end
    if waits then return end
    forget(id, owner)
  elseif waits then
    entries[id] = before .. ' ' .. peer
    begun[id] = true
    return
  end
  redis.call('XADD', outbox, '*', 'a', id .. count)
end

local function begin()
  local ids, fields = {}, {}
  for id in pairs(begun) do
    ids[#ids + 1] = id
    fields[#fields + 1] = id
    fields[#fields + 1] = entries[id]
  end
  if #ids == 0 then return end
  many('HSET', unpublished, fields)
  many('SADD', prefix .. 'waiting:' .. peer, ids)
  if redis.call('ZSCORE', turns, peer) then return end
  -- Behind nobody, and ahead of nobody who has waited as long.
  local first = redis.call('ZRANGE', turns, 0, 0, 'WITHSCORES')
  redis.call('ZADD', turns, first[2] or 0, peer)
end

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
    append(id, count, count - 1)
    if count == 1 then match(id, count) end
  end
end)
each(ARGV[7], function(id)
  local peers = prefix .. 'peers:' .. id
  if redis.call('SREM', peers, peer) == 1 then
    local count = redis.call('SCARD', peers)
    append(id, count, count + 1)
  end
end)
begin()
return redis.call('XLEN', outbox)
