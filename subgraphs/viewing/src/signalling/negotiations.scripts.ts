/**
 * Scripts of negotiations. KEYS: the negotiation, then the signals of each source. Source 0 has the fields `peer`, `edge` and
 * `connection`, source n `peer:n` and so on.
 */
const FIELDS = `
local sources = #KEYS - 2
local function field(name, source)
  if source == 0 then return name end
  return name .. ':' .. source
end
local function peerOf(source) return redis.call('HGET', KEYS[1], field('peer', source)) end
local function without(list, peer)
  local others = {}
  for _, entry in ipairs(list) do
    if entry.peerId ~= peer then others[#others + 1] = entry end
  end
  return others
end
local function stored(name) return cjson.decode(redis.call('HGET', KEYS[1], name) or '[]') end
local function endService(source)
  redis.call('HDEL', KEYS[1], field('peer', source), field('edge', source), field('connection', source))
end
`;

/** ARGV: source, peer, edge, connection, time to live, most peers offered to. The former peer as JSON, or nothing; false for no change. */
const BEGIN = `${FIELDS}
local mine = tonumber(ARGV[1])
local serving = {}
for source = 0, sources do
  local peer = source ~= mine and peerOf(source)
  if peer == ARGV[2] then return false end
  if peer then serving[peer] = true end
end
local before = stored('offered')
local former = ''
for _, entry in ipairs(before) do
  if (entry.source or 0) == mine then former = entry.peerId ~= ARGV[2] and cjson.encode(entry) or '' end
end
local offered = without(before, ARGV[2])
offered[#offered + 1] = { peerId = ARGV[2], edgeId = ARGV[3], connectionId = ARGV[4], source = mine }
local at = 1
while #offered > tonumber(ARGV[6]) and at < #offered do
  if serving[offered[at].peerId] then at = at + 1 else table.remove(offered, at) end
end
redis.call('HSET', KEYS[1], 'offered', cjson.encode(offered), field('peer', mine), ARGV[2],
  field('edge', mine), ARGV[3], field('connection', mine), ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('DEL', KEYS[mine + 2])
return former
`;

/** ARGV: peer, id, signal, 'lost' or '', most signals, most lost peers, time to live. */
const APPEND = `${FIELDS}
local mark = ARGV[2] .. '\\n'
for source = 0, sources do
  for _, entry in ipairs(redis.call('LRANGE', KEYS[source + 2], 0, -1)) do
    if string.sub(entry, 1, #mark) == mark then return { 'known', source } end
  end
end
local mine = nil
for source = 0, sources do
  if peerOf(source) == ARGV[1] then mine = source end
end
if not mine then return { 'not_serving' } end
local signals = KEYS[mine + 2]
if ARGV[4] == 'lost' or redis.call('LLEN', signals) < tonumber(ARGV[5]) then
  redis.call('RPUSH', signals, mark .. ARGV[1] .. '\\n' .. ARGV[3])
  redis.call('PEXPIRE', signals, ARGV[7])
end
if ARGV[4] == 'lost' then
  local lost = {}
  for id in string.gmatch(redis.call('HGET', KEYS[1], 'lost') or '', '[^,]+') do
    if id ~= ARGV[1] then lost[#lost + 1] = id end
  end
  lost[#lost + 1] = ARGV[1]
  while #lost > tonumber(ARGV[6]) do table.remove(lost, 1) end
  redis.call('HSET', KEYS[1], 'lost', table.concat(lost, ','))
  endService(mine)
end
return { 'appended', mine }
`;

/** ARGV: source, problem or '', most left peers. The peer, its edge and its connection; false where none served. */
const LEAVE = `${FIELDS}
local mine = tonumber(ARGV[1])
local peer = peerOf(mine)
local isLost = not peer and ARGV[2] == 'not_proven'
if isLost then
  -- The last that a peer signals of a source is that it is lost.
  peer = string.match(redis.call('LINDEX', KEYS[mine + 2], -1) or '', '^[^\\n]*\\n([^\\n]*)\\n')
end
if not peer then return false end
local served = redis.call('HMGET', KEYS[1], field('peer', mine), field('edge', mine), field('connection', mine))
local offered = stored('offered')
for _, entry in ipairs(offered) do
  if entry.peerId == peer then
    if isLost then served = { peer, entry.edgeId, entry.connectionId } end
    if (entry.source or 0) == mine then entry.source = -1 end
  end
end
if not served[1] then return false end
if #offered > 0 then redis.call('HSET', KEYS[1], 'offered', cjson.encode(offered)) end
if ARGV[2] ~= '' then
  local left = without(stored('left'), peer)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  left[#left + 1] = { peerId = peer, problem = ARGV[2], at = now }
  while #left > tonumber(ARGV[3]) do table.remove(left, 1) end
  redis.call('HSET', KEYS[1], 'left', cjson.encode(left))
end
endService(mine)
redis.call('DEL', KEYS[mine + 2])
return served
`;

export const NEGOTIATION_SCRIPTS = { BEGIN, APPEND, LEAVE } as const;
