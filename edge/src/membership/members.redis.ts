import type { Membership } from '@giggityflix/bus';
import { defineScripts, type RedisClient } from '@giggityflix/state';
import type { Member, Members } from './members.ts';

/** One slot holds them all: a script that uses an invitation changes it and the member in one step. */
const PREFIX = 'gf:edge:{members}:';
const memberKey = (peerId: string) => `${PREFIX}member:${peerId}`;
const invitationKey = (codeHash: string) => `${PREFIX}invitation:${codeHash}`;

const MEMBER = `redis.call('HMGET', KEYS[1], 'membership', 'invitation', 'reported')`;

const SCRIPTS = {
  // KEYS: the member, the invitation. ARGV: the time. Nil where the invitation is of no use.
  redeem: {
    numberOfKeys: 2,
    lua: `
      if redis.call('EXISTS', KEYS[1]) == 1 then return ${MEMBER} end
      local invitation = redis.call('HMGET', KEYS[2], 'id', 'approval', 'expires', 'revoked', 'used')
      if not invitation[1] or tonumber(invitation[3]) <= tonumber(ARGV[1]) or invitation[4] == '1' or invitation[5] then
        return nil
      end
      redis.call('HSET', KEYS[2], 'used', '1')
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
  // KEYS: the member. ARGV: the membership, its version.
  decide: {
    numberOfKeys: 1,
    lua: `
      local known = redis.call('HMGET', KEYS[1], 'membership', 'version')
      if known[1] and tonumber(known[2]) >= tonumber(ARGV[2]) then return known[1] end
      redis.call('HSET', KEYS[1], 'membership', ARGV[1], 'version', ARGV[2], 'reported', '1')
      return ARGV[1]`,
  },
} as const;

type MemberFields = [membership: Membership | null, invitationId: string | null, reported: string | null];

/** {@link Members} in Redis: a hash for each member, which never expires, and one for each invitation, which does. */
export function createRedisMembers(redis: RedisClient): Members {
  const run = defineScripts(redis, 'edge_members_', SCRIPTS);
  return {
    async find(peerId) {
      const fields = await redis.hmget(memberKey(peerId), 'membership', 'invitation', 'reported');
      return toMember(fields as MemberFields);
    },
    async invite({ invitationId, codeHash, requiresApproval, expiresAt, revoked }) {
      await run(
        'invite',
        [invitationKey(codeHash)],
        [invitationId, Number(requiresApproval), expiresAt, Number(revoked)],
      );
    },
    async redeem({ codeHash, peerId, now }) {
      const fields = await run<MemberFields | null>(
        'redeem',
        [memberKey(peerId), invitationKey(codeHash)],
        [now],
      );
      return fields && toMember(fields);
    },
    async reported(peerId) {
      await redis.hset(memberKey(peerId), 'reported', '1');
    },
    decide: ({ peerId, membership, version }) =>
      run<Membership>('decide', [memberKey(peerId)], [membership, version]),
  };
}

function toMember([membership, invitationId, reported]: MemberFields): Member | null {
  return membership && { membership, invitationId, reported: reported === '1' };
}
