-- Makes the peer that used an invitation a member. Returns whether the edges need to hear what it is.
local open, invitation, member, members = unpack(KEYS)
local peerId, invitationId, at = ARGV[1], ARGV[2], ARGV[3]
local known = redis.call('EXISTS', member) == 1
if known and redis.call('HGET', member, 'invitationId') == invitationId then return 0 end
local name, approval, revoked, usedBy =
  unpack(redis.call('HMGET', invitation, 'name', 'requiresApproval', 'revoked', 'usedBy'))
local holds = name and revoked ~= '1' and (usedBy == '' or usedBy == peerId)
if holds then
  redis.call('HSET', invitation, 'usedBy', peerId)
  redis.call('ZREM', open, invitationId)
end
if known then return 1 end
local membership = 'revoked'
if holds then membership = approval == '1' and 'pending' or 'approved' end
redis.call('HSET', member, 'membership', membership, 'version', 1, 'invitationId', invitationId, 'since', at)
if name then redis.call('HSET', member, 'name', name) end
redis.call('ZADD', members, 0, peerId)
return holds and 0 or 1
