-- One event of one peer. Everything of the peer is in its slot. The changes that this causes to the counts of files are
-- written to `add` and `remove` (intents) under a lease, applied to the files' slots by the caller, and removed by
-- commit.lua. Nothing else of the peer changes until then; if the lease expires, another process applies them.
local record, own, add, remove, staged, earlyAdd, earlyRemove, due, repair = unpack(KEYS, 1, 9)
local lists = { CONNECTED = KEYS[10], STALE = KEYS[11], DISCONNECTED = KEYS[12] }
local failed = KEYS[13]
local now = clock(ARGV[1])
local peer, token, op = ARGV[2], ARGV[3], ARGV[4]
local timeout, memory, stagedTtl, leaseMs, limit, chunk =
  tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local event = cjson.decode(ARGV[11])
local added, removed = ARGV[12], ARGV[13]

local known = {}
local fields = redis.call('HGETALL', record)
for at = 1, #fields, 2 do known[fields[at]] = fields[at + 1] end

local function intents(leaseUntil)
  local adds = redis.call('SRANDMEMBER', add, chunk)
  local removes = redis.call('SRANDMEMBER', remove, chunk)
  local more = (redis.call('SCARD', add) > #adds or redis.call('SCARD', remove) > #removes) and 1 or 0
  return { 'APPLY', tostring(leaseUntil), more, table.concat(adds), table.concat(removes) }
end

local function lease()
  local leaseUntil = now + leaseMs
  redis.call('HSET', record, 'lease', token, 'leaseUntil', leaseUntil)
  redis.call('ZADD', repair, leaseUntil, peer)
  return intents(leaseUntil)
end

if known.leaseUntil and known.lease ~= token and tonumber(known.leaseUntil) > now then return { 'BUSY' } end
if redis.call('EXISTS', add, remove) > 0 then
  local unfinished = lease()
  unfinished[1] = 'UNFINISHED'
  return unfinished
end
if op == 'resume' then
  redis.call('ZREM', repair, peer)
  redis.call('HDEL', record, 'lease', 'leaseUntil')
  return { 'DONE' }
end

local wasCounted = known.state == 'CONNECTED'
local isCounted = wasCounted

local function place(state, dueAt)
  local member = known.conn .. ':' .. peer
  if known.state and known.state ~= state then redis.call('ZREM', lists[known.state], member) end
  known.state = state
  redis.call('HSET', record, 'state', state)
  redis.call('ZADD', lists[state], 0, member)
  redis.call('ZADD', due, dueAt, peer)
end

local function adopt()
  if known.conn then redis.call('ZREM', lists[known.state], known.conn .. ':' .. peer) end
  if known.inferred == '1' then redis.call('UNLINK', own) end
  redis.call('UNLINK', staged, earlyAdd, earlyRemove)
  redis.call('HDEL', record, 'source', 'offset', 'timestamp', 'stage', 'inferred')
  redis.call('HSET', record, 'conn', event.conn, 'edge', event.edge, 'at', now, 'hb', now, 'streams', 0,
    'pending', 0, 'established', 0, 'full', 0)
  redis.call('HSETNX', record, 'first', now)
  known = { conn = event.conn, established = '0', full = '0' }
end

-- Whether the newest connection was reported closed; one that was only not heard of may be heard of again.
local function isClosed() return known.state == 'DISCONNECTED' and known.inferred ~= '1' end

-- Whether the event is of the newest connection and that connection is open; adopts a connection that is new.
local function open()
  if known.conn and event.conn < known.conn then return false end
  if known.conn == event.conn and isClosed() then return false end
  if known.conn ~= event.conn then adopt()
  elseif known.inferred == '1' then redis.call('HDEL', record, 'inferred') end
  redis.call('HSET', record, 'hb', now)
  place('CONNECTED', now + timeout)
  isCounted = true
  return true
end

-- Files that the peer failed to prove, by id.
local function refutedFiles()
  local refuted = {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', failed, '(' .. now, '+inf')) do refuted[id] = true end
  return refuted
end

local function insert(ids)
  local refuted = refutedFiles()
  local new = {}
  each(ids, function(id) if not refuted[id] and redis.call('SADD', own, id) == 1 then new[#new + 1] = id end end)
  if wasCounted then many('SADD', add, new) end
end

local function delete(ids)
  local deleted = {}
  each(ids, function(id) if redis.call('SREM', own, id) == 1 then deleted[#deleted + 1] = id end end)
  if wasCounted then many('SADD', remove, deleted) end
end

local function replace(source)
  for id in pairs(refutedFiles()) do redis.call('SREM', source, id) end
  if wasCounted then
    redis.call('SDIFFSTORE', remove, own, source)
    redis.call('SDIFFSTORE', add, source, own)
  end
  if redis.call('EXISTS', source) == 1 then
    redis.call('RENAME', source, own)
    redis.call('PERSIST', own)
  else
    redis.call('DEL', own)
  end
end

local function gather(key, ids)
  local all = {}
  each(ids, function(id) all[#all + 1] = id end)
  many('SADD', key, all)
  if #all > 0 then redis.call('PEXPIRE', key, stagedTtl) end
end

local function dropEarly(key, ids)
  each(ids, function(id) redis.call('SREM', key, id) end)
end

-- Whether the peer would share more files than the limit; counted exactly only when the limit is near.
local function exceeds(key, ids)
  local have = redis.call('SCARD', key)
  if have + #ids / ID_LENGTH <= limit then return false end
  local new = {}
  each(ids, function(id) if redis.call('SISMEMBER', key, id) == 0 then new[id] = true end end)
  for _ in pairs(new) do have = have + 1 end
  return have > limit
end

local function isRedelivery()
  return known.source == event.source and event.offset <= known.offset
    and tonumber(event.timestamp) <= tonumber(known.timestamp)
end

local isOver = known.conn and (event.conn and (event.conn < known.conn
  or (event.conn == known.conn and isClosed())))

if op == 'established' then
  if isOver or (known.conn == event.conn and known.established == '1') then return { 'DONE' } end
  if not open() then return { 'DONE' } end
  redis.call('HSET', record, 'established', 1, 'edge', event.edge, 'at', event.at,
    'network', event.network or '')
  if #added > 0 and known.full ~= '1' then
    -- Deltas of this connection that overtook it on another topic are newer than the catalog it began with.
    gather(earlyAdd, added)
    redis.call('SDIFFSTORE', earlyAdd, earlyAdd, earlyRemove)
    replace(earlyAdd)
  end
  redis.call('UNLINK', earlyAdd, earlyRemove)
elseif op == 'closed' then
  if isOver or (event.replaced and known.conn == event.conn) then return { 'DONE' } end
  if event.replaced then
    open()
  else
    if known.conn ~= event.conn then adopt() end
    redis.call('HDEL', record, 'inferred')
    redis.call('HSET', record, 'streams', 0)
    place('DISCONNECTED', now + memory)
    isCounted = false
    if wasCounted and redis.call('EXISTS', own) == 1 then
      redis.call('RENAME', own, remove)
    else
      redis.call('UNLINK', own)
    end
    redis.call('UNLINK', staged, earlyAdd, earlyRemove)
  end
elseif op == 'updated' then
  if isOver then return { 'DONE' } end
  local isNext = known.conn == event.conn and known.stage == event.update
  if event.full and ((isNext and exceeds(staged, added)) or (not isNext and #added / ID_LENGTH > limit)) then
    redis.call('UNLINK', staged)
    return { 'TOO_LARGE' }
  end
  if not event.full and exceeds(own, added) then return { 'TOO_LARGE' } end
  open()
  if not isRedelivery() then
    redis.call('HSET', record, 'source', event.source, 'offset', event.offset, 'timestamp', event.timestamp)
    if event.full then
      if known.stage ~= event.update then redis.call('DEL', staged) end
      redis.call('HSET', record, 'stage', event.update)
      gather(staged, added)
      if event.final then
        redis.call('HDEL', record, 'stage')
        redis.call('HSET', record, 'full', 1)
        replace(staged)
      end
    else
      delete(removed)
      insert(added)
      if known.established ~= '1' and known.full ~= '1' then
        dropEarly(earlyRemove, added)
        gather(earlyAdd, added)
        dropEarly(earlyAdd, removed)
        gather(earlyRemove, removed)
      end
    end
  end
elseif op == 'heartbeat' then
  if isOver then return { 'DONE' } end
  open()
  redis.call('HSET', record, 'streams', event.streams, 'pending', 0)
elseif op == 'checked' then
  if event.outcome == 'failed' then
    redis.call('ZREMRANGEBYSCORE', failed, '-inf', now)
    redis.call('ZADD', failed, now + event.memory, removed)
    redis.call('ZREMRANGEBYRANK', failed, 0, -event.most - 1)
    redis.call('PEXPIRE', failed, event.memory)
  end
  if known.conn then
    redis.call('HSET', record, event.outcome, now)
    if event.outcome == 'failed' and known.conn == event.conn then delete(removed) end
  end
elseif op == 'expire' then
  local dueAt = redis.call('ZSCORE', due, peer)
  if not dueAt or tonumber(dueAt) > now then return { 'DONE' } end
  if known.state == 'CONNECTED' then
    redis.call('SUNIONSTORE', remove, own)
    redis.call('HSET', record, 'streams', 0)
    place('STALE', now + timeout)
    isCounted = false
  elseif known.state == 'STALE' then
    redis.call('HSET', record, 'inferred', 1)
    place('DISCONNECTED', now + memory)
  else
    if known.conn then redis.call('ZREM', lists[known.state], known.conn .. ':' .. peer) end
    redis.call('UNLINK', record, own, staged, earlyAdd, earlyRemove)
    redis.call('ZREM', due, peer)
  end
end

-- When a peer is counted again, all its files are, whatever this event changed of them.
if isCounted and not wasCounted then redis.call('SUNIONSTORE', add, own) end
if redis.call('EXISTS', add, remove) == 0 then return { op == 'expire' and 'EXPIRED' or 'DONE' } end
return lease()
