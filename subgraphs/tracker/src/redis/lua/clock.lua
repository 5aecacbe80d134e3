-- Milliseconds since 1970: this server's clock, or the time a test gives.
local function clock(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Catalog ids are sent and stored in base64url: 43 characters each.
local ID_LENGTH = 43

local function each(ids, visit)
  for at = 1, #ids, ID_LENGTH do visit(string.sub(ids, at, at + ID_LENGTH - 1)) end
end

-- One call for many members, within what unpack takes.
local function many(command, key, members)
  for at = 1, #members, 5000 do
    redis.call(command, key, unpack(members, at, math.min(at + 4999, #members)))
  end
end
