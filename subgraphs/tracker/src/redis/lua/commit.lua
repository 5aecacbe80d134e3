-- Removes intents that were applied to the files' slots. Returns those left, or releases the lease.
local record, add, remove, repair = unpack(KEYS)
local now = clock(ARGV[1])
local peer, token, leaseMs, chunk = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])

if redis.call('HGET', record, 'lease') ~= token then return { 'LOST' } end
if ARGV[6] == 'all' then
  redis.call('UNLINK', add, remove)
else
  local function removeFrom(key, ids)
    local applied = {}
    each(ids, function(id) applied[#applied + 1] = id end)
    many('SREM', key, applied)
  end
  removeFrom(add, ARGV[7])
  removeFrom(remove, ARGV[8])
end
if redis.call('EXISTS', add, remove) == 0 then
  redis.call('HDEL', record, 'lease', 'leaseUntil')
  redis.call('ZREM', repair, peer)
  return { 'DONE' }
end
local leaseUntil = now + leaseMs
redis.call('HSET', record, 'leaseUntil', leaseUntil)
redis.call('ZADD', repair, leaseUntil, peer)
local adds = redis.call('SRANDMEMBER', add, chunk)
local removes = redis.call('SRANDMEMBER', remove, chunk)
local more = (redis.call('SCARD', add) > #adds or redis.call('SCARD', remove) > #removes) and 1 or 0
return { 'APPLY', tostring(leaseUntil), more, table.concat(adds), table.concat(removes) }
