-- Revokes an invitation. Returns 0 when there is none.
local open, invitation = unpack(KEYS)
if redis.call('EXISTS', invitation) == 0 then return 0 end
redis.call('HSET', invitation, 'revoked', '1')
redis.call('ZREM', open, ARGV[1])
return 1
