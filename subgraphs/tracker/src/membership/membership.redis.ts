import type { Membership } from '@giggityflix/bus';
import type { RedisContext } from '../redis/context.ts';
import {
  type Invitation,
  LISTED_AFTER_EXPIRY_MS,
  MAX_OPEN_INVITATIONS,
  type Member,
  type MembershipStore,
  TooManyInvitations,
} from './membership.ts';

/** {@link MembershipStore} in Redis: all of it in one slot, as an enrolment changes an invitation and a member in one step. */
export function createRedisMembership(context: RedisContext): MembershipStore {
  const { client, run, time } = context;
  const keys = context.keys.membership;

  const invitation = async (id: string): Promise<Invitation | null> =>
    toInvitation(id, await client.hgetall(keys.invitation(id)));
  const member = async (peerId: string): Promise<Member | null> =>
    toMember(peerId, await client.hgetall(keys.member(peerId)));
  /** The account of an invitation never changes, so its keys may be read before the script. */
  const openOf = async (id: string): Promise<string> =>
    keys.open((await client.hget(keys.invitation(id), 'createdBy')) ?? '');

  return {
    async invite(given) {
      const { id, createdBy, expiresAt } = given;
      const stored = await run<number>(
        'invite-peer',
        [keys.open(createdBy), keys.invitation(id), keys.invitations, keys.invitationsOf(createdBy)],
        [
          time(),
          id,
          expiresAt,
          MAX_OPEN_INVITATIONS,
          expiresAt + LISTED_AFTER_EXPIRY_MS,
          ...Object.entries(toFields(given)).flat(),
        ],
      );
      if (stored === 0) throw new TooManyInvitations();
    },
    invitation,
    async revokeInvitation(id) {
      await run('revoke-invitation', [await openOf(id), keys.invitation(id)], [id]);
      return invitation(id);
    },
    async invitations({ first, after, createdBy }) {
      const index = createdBy === undefined ? keys.invitations : keys.invitationsOf(createdBy);
      const found: Invitation[] = [];
      let last = after === undefined ? '+' : `(${after}`;
      while (found.length < first) {
        const ids = await client.zrevrangebylex(index, last, '-', 'LIMIT', 0, first);
        if (ids.length === 0) break;
        const read = await Promise.all(ids.map(invitation));
        for (const [position, one] of read.entries()) {
          if (one) found.push(one);
          // It expired long ago.
          else await client.zrem(index, ids[position] as string);
        }
        last = `(${ids.at(-1)}`;
      }
      return found.slice(0, first);
    },

    async enrolled({ peerId, invitationId, at }) {
      const decided = await run<number>(
        'enrol-peer',
        [await openOf(invitationId), keys.invitation(invitationId), keys.member(peerId), keys.members],
        [peerId, invitationId, at],
      );
      return { member: (await member(peerId)) as Member, decided: decided === 1 };
    },
    async decide({ peerId, membership, at, create }) {
      await run(
        'decide-membership',
        [keys.member(peerId), keys.members],
        [peerId, membership, at, Number(create)],
      );
      return member(peerId);
    },
    async rename(peerId, name) {
      // Members are never deleted: one that is there stays.
      if ((await client.exists(keys.member(peerId))) === 0) return null;
      await client.hset(keys.member(peerId), 'name', name);
      return member(peerId);
    },
    member,
    async members({ first, after }) {
      const from = after === undefined ? '-' : `(${after}`;
      const peerIds = await client.zrangebylex(keys.members, from, '+', 'LIMIT', 0, first);
      return (await Promise.all(peerIds.map(member))) as Member[];
    },
  };
}

function toFields({ id: _, ...invitation }: Invitation): Record<string, string> {
  const { requiresApproval, revoked, usedBy, createdAt, expiresAt, ...texts } = invitation;
  return {
    ...texts,
    createdAt: String(createdAt),
    expiresAt: String(expiresAt),
    requiresApproval: String(Number(requiresApproval)),
    revoked: String(Number(revoked)),
    usedBy: usedBy ?? '',
  };
}

function toInvitation(id: string, fields: Record<string, string>): Invitation | null {
  const { name, codeHash, createdBy } = fields;
  if (name === undefined || codeHash === undefined || createdBy === undefined) return null;
  return {
    id,
    name,
    codeHash,
    createdBy,
    createdAt: Number(fields.createdAt),
    expiresAt: Number(fields.expiresAt),
    requiresApproval: fields.requiresApproval === '1',
    revoked: fields.revoked === '1',
    usedBy: fields.usedBy || null,
  };
}

function toMember(peerId: string, fields: Record<string, string>): Member | null {
  if (fields.membership === undefined) return null;
  return {
    peerId,
    name: fields.name ?? null,
    membership: fields.membership as Membership,
    version: Number(fields.version),
    invitationId: fields.invitationId ?? null,
    since: Number(fields.since),
  };
}
