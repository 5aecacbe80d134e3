-- Removes published entries and releases the lease. A match whose subscriptions are not all published stays.
local outbox, lease = KEYS[1], KEYS[2]
local token, last, prefix = ARGV[1], ARGV[2], ARGV[3]
if redis.call('GET', lease) ~= token then return 0 end
for at = 4, #ARGV, 2 do
  local matched, ids = prefix .. 'matched:' .. ARGV[at], {}
  for id in string.gmatch(ARGV[at + 1], '%S+') do ids[#ids + 1] = id end
  if #ids > 0 then redis.call('HDEL', matched, unpack(ids)) end
  if redis.call('EXISTS', matched) == 1 then last = ARGV[at] .. '!' end
end
local isPartial = string.sub(last, -1) == '!'
local id = isPartial and string.sub(last, 1, -2) or last
if id ~= '' then
  local _, _, time, sequence = string.find(id, '^(%d+)-(%d+)$')
  -- MINID keeps that id, so name the next one unless the entry must stay.
  local keep = isPartial and id or (time .. '-' .. string.format('%.0f', tonumber(sequence) + 1))
  redis.call('XTRIM', outbox, 'MINID', keep)
end
redis.call('DEL', lease)
return redis.call('XLEN', outbox) + redis.call('HLEN', prefix .. 'unpublished')
