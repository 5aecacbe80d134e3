-- Whether that time has not passed yet.
local deferred_until = redis.call('GET', KEYS[1])
return deferred_until and tonumber(deferred_until) > clock(ARGV[1]) and 1 or 0
