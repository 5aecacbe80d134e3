import type { Membership } from '@giggityflix/bus';
import { defineScripts, type RedisClient } from '@giggityflix/state';
import { BARRED, barredNames, type Identity, type Member, type Members } from './members.ts';

/** One slot holds them all: a script that uses an invitation changes it and the member in one step. */
const PREFIX = 'gf:edge:{members}:';
const memberKey = (peerId: string) => `${PREFIX}member:${peerId}`;
const invitationKey = (codeHash: string) => `${PREFIX}invitation:${codeHash}`;

/** The peers whose revocation bars this id, or the key that derives it. */
const barredKey = (name: string) => `${PREFIX}barred:${name}`;

const MEMBER = `redis.call('HMGET', KEYS[1], 'membership', 'invitation', 'reported')`;
/** KEYS: the member, the one of the id that its key derives, what bars the id, what bars the key. */
const STANDING = `
      local own = ${MEMBER}
      if redis.call('HGET', KEYS[2], 'membership') == 'revoked' or redis.call('EXISTS', KEYS[3], KEYS[4]) > 0 then
        own[1] = 'revoked'
      end`;
const standingKeys = (identity: Identity) => [
  memberKey(identity.peerId),
  memberKey(identity.derivedId),
  ...barredNames(identity).map(barredKey),
];

const SCRIPTS = {
  // KEYS: as above.
  find: { numberOfKeys: 4, lua: `${STANDING}\n      return own` },
  // KEYS: as above, the invitation. ARGV: the time. Nil where the invitation is of no use.
  redeem: {
    numberOfKeys: 5,
    lua: `${STANDING}
      if own[1] then return own end
      local invitation = redis.call('HMGET', KEYS[5], 'id', 'approval', 'expires', 'revoked', 'used')
      if not invitation[1] or tonumber(invitation[3]) <= tonumber(ARGV[1]) or invitation[4] == '1' or invitation[5] then
        return nil
      end
      redis.call('HSET', KEYS[5], 'used', '1')
      redis.call('HSET', KEYS[1], 'membership', invitation[2] == '1' and 'pending' or 'approved',
        'version', 0, 'invitation', invitation[1], 'reported', '0')
      return ${MEMBER}`,
  },
  // KEYS: the invitation. ARGV: its id, whether it requires approval, its expiry, whether it is revoked.
  invite: {
    numberOfKeys: 1,
    lua: `
      if ARGV[4] == '1' or redis.call('EXISTS', KEYS[1]) == 0 then
        redis.call('HSET', KEYS[1], 'id', ARGV[1], 'approval', ARGV[2], 'expires', ARGV[3], 'revoked', ARGV[4])
      end
      redis.call('PEXPIREAT', KEYS[1], ARGV[3])`,
  },
  // KEYS: the member, what bars its id, what bars its key. ARGV: the membership, its version, the peer id.
  decide: {
    numberOfKeys: 3,
    lua: `
      local known = redis.call('HMGET', KEYS[1], 'membership', 'version')
      local holds = known[1]
      if not holds or tonumber(known[2]) < tonumber(ARGV[2]) then
        holds = ARGV[1]
        redis.call('HSET', KEYS[1], 'membership', holds, 'version', ARGV[2], 'reported', '1')
      end
      for key = 2, 3 do redis.call(holds == 'revoked' and 'SADD' or 'SREM', KEYS[key], ARGV[3]) end
      return holds`,
  },
} as const;

type MemberFields = [membership: Membership | null, invitationId: string | null, reported: string | null];

/**
 * {@link Members} in Redis: a hash for each member and a set for each id and key that is barred, which never expire, and a
 * hash for each invitation, which does.
 */
export function createRedisMembers(redis: RedisClient): Members {
  const run = defineScripts(redis, 'edge_members_', SCRIPTS);
  return {
    find: async (identity) => toMember(await run<MemberFields>('find', standingKeys(identity), [])),
    async invite({ invitationId, codeHash, requiresApproval, expiresAt, revoked }) {
      await run(
        'invite',
        [invitationKey(codeHash)],
        [invitationId, Number(requiresApproval), expiresAt, Number(revoked)],
      );
    },
    async redeem({ codeHash, now, ...identity }) {
      const fields = await run<MemberFields | null>(
        'redeem',
        [...standingKeys(identity), invitationKey(codeHash)],
        [now],
      );
      return fields && toMember(fields);
    },
    async reported(peerId) {
      await redis.hset(memberKey(peerId), 'reported', '1');
    },
    decide: ({ peerId, derivedId, membership, version }) =>
      run<Membership>(
        'decide',
        [memberKey(peerId), ...barredNames({ peerId, derivedId }).map(barredKey)],
        [membership, version, peerId],
      ),
  };
}

function toMember([membership, invitationId, reported]: MemberFields): Member | null {
  if (membership === 'revoked' && reported === null) return BARRED;
  return membership && { membership, invitationId, reported: reported === '1' };
}
