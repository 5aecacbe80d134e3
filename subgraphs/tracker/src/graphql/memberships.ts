import type { Membership } from '@giggityflix/bus';
import { badInput, requireIdentity, requireRole } from '@giggityflix/graphql';
import { hasRole } from '@giggityflix/http';
import { visibleText } from '@giggityflix/kernel';
import { invitationLink } from '@giggityflix/proto/invitation';
import { GraphQLError } from 'graphql';
import type { Context } from '../context.ts';
import type {
  MutationResolvers,
  PeerInvitationState,
  PeerMembership,
  PeerResolvers,
  QueryResolvers,
} from '../generated/graphql.ts';
import { type Invitation, type Member, TooManyInvitations } from '../membership/membership.ts';
import type { NewInvitation } from '../membership/memberships.ts';
import { cursor, opaqueId, pageSize, peerId, toCursor } from './arguments.ts';
import type { PeerNode } from './queries.ts';

const MAX_NAME_LENGTH = 100;
const DEFAULT_SECONDS = 24 * 3_600;
const MIN_SECONDS = 60;
const MAX_SECONDS = 30 * 24 * 3_600;
/** Stands for all who ask without an account: together they have as many open invitations as one. */
const REQUESTED = 'peer-requests';
const REQUESTED_MS = 3_600_000;
const INVITATION_CURSOR = /^[0-9a-f-]{36}$/;
const MEMBER_CURSOR = /^[A-Za-z0-9._~-]{1,128}$/;

const failure = (code: string, message: string) => new GraphQLError(message, { extensions: { code } });

/** Operators, and every account where the operator wants that. */
function requireInviter(context: Context) {
  const identity = requireIdentity(context);
  if (context.invitations.from === 'operators') requireRole(context, 'operator');
  return { account: identity.userId, isOperator: hasRole(identity, 'operator') };
}

function nameOf(text: string): string {
  const name = visibleText(text);
  if (name === '' || name.length > MAX_NAME_LENGTH || /\p{C}/u.test(text.trim()))
    throw badInput(
      `name: expected 1 to ${MAX_NAME_LENGTH} visible characters, none of them a control character`,
    );
  return name;
}

function found(member: Member | null): { member: ReturnType<typeof toMember> } {
  if (!member) throw failure('PEER_NOT_FOUND', 'no such peer is known');
  return { member: toMember(member) };
}

async function invite(context: Context, wanted: NewInvitation) {
  try {
    const { invitation, code } = await context.memberships.invite(wanted);
    const link = invitationLink(code, context.invitations.network);
    return { invitation: toInvitation(invitation), code, link };
  } catch (error) {
    if (!(error instanceof TooManyInvitations)) throw error;
    throw failure('TOO_MANY_INVITATIONS', error.message);
  }
}

export const membershipMutations: Pick<
  MutationResolvers,
  | 'createPeerInvitation'
  | 'requestPeerInvitation'
  | 'revokePeerInvitation'
  | 'approvePeer'
  | 'renamePeer'
  | 'revokePeer'
> = {
  async createPeerInvitation(_parent, { input }, context) {
    const { account, isOperator } = requireInviter(context);
    if (!context.invitations.enabled)
      throw failure(
        'INVITATIONS_DISABLED',
        'this network takes no invitations: ENROLMENT is not `invitation`',
      );
    const name = nameOf(input.name);
    const seconds = input.expiresInSeconds ?? DEFAULT_SECONDS;
    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS)
      throw badInput(`expiresInSeconds is ${seconds}, and must be ${MIN_SECONDS} to ${MAX_SECONDS}`);
    return invite(context, {
      name,
      createdBy: account,
      lifetimeMs: seconds * 1_000,
      requiresApproval: !isOperator || (input.requiresApproval ?? false),
    });
  },

  async requestPeerInvitation(_parent, { input }, context) {
    if (!context.invitations.requests)
      throw failure('PEER_REQUESTS_DISABLED', 'this network takes invited peers only: ask its operator');
    return invite(context, {
      name: nameOf(input.name),
      createdBy: REQUESTED,
      lifetimeMs: REQUESTED_MS,
      requiresApproval: true,
    });
  },

  async revokePeerInvitation(_parent, { id }, context) {
    const { account, isOperator } = requireInviter(context);
    const wanted = opaqueId('id', id);
    const known = await context.state.membership.invitation(wanted);
    // An account learns nothing of the invitations of others.
    const own = known !== null && (isOperator || known.createdBy === account);
    const revoked = own ? await context.memberships.revokeInvitation(wanted) : null;
    if (!revoked) throw failure('INVITATION_NOT_FOUND', 'no such invitation is known');
    return { invitation: toInvitation(revoked) };
  },

  async approvePeer(_parent, { peerId: id }, context) {
    requireRole(context, 'operator');
    return found(await context.memberships.decide(peerId(id), 'approved'));
  },

  async renamePeer(_parent, { input }, context) {
    requireRole(context, 'operator');
    return found(await context.state.membership.rename(peerId(input.peerId), nameOf(input.name)));
  },

  async revokePeer(_parent, { peerId: id }, context) {
    requireRole(context, 'operator');
    return found(await context.memberships.decide(peerId(id), 'revoked'));
  },
};

export const membershipQueries: Pick<QueryResolvers, 'peerInvitations' | 'peerMembers'> = {
  async peerInvitations(_parent, { first, after }, context) {
    const { account, isOperator } = requireInviter(context);
    const size = pageSize(first ?? 50);
    const listed = await context.state.membership.invitations({
      first: size + 1,
      after: cursor(after, INVITATION_CURSOR),
      ...(isOperator ? {} : { createdBy: account }),
    });
    return toConnection(listed, size, toInvitation, ({ id }) => id);
  },

  async peerMembers(_parent, { first, after }, context) {
    requireRole(context, 'operator');
    const size = pageSize(first ?? 50);
    const listed = await context.state.membership.members({
      first: size + 1,
      after: cursor(after, MEMBER_CURSOR),
    });
    return toConnection(listed, size, toMember, (member) => member.peerId);
  },
};

/** One read for the fields of a peer. */
const memberships = new WeakMap<object, Promise<Member | null>>();
function memberOf(peer: PeerNode, context: Context): Promise<Member | null> {
  const read = memberships.get(peer) ?? context.state.membership.member(peer.id);
  memberships.set(peer, read);
  return read;
}

export const peerMembership: Pick<PeerResolvers, 'name' | 'membership'> = {
  name: async (peer, _args, context) => (await memberOf(peer, context))?.name ?? null,
  async membership(peer, _args, context) {
    const member = await memberOf(peer, context);
    return member && MEMBERSHIPS[member.membership];
  },
};

const MEMBERSHIPS: Readonly<Record<Membership, PeerMembership>> = {
  pending: 'PENDING',
  approved: 'APPROVED',
  revoked: 'REVOKED',
};

function toConnection<T, N>(listed: T[], size: number, toNode: (one: T) => N, keyOf: (one: T) => string) {
  const edges = listed.slice(0, size).map((one) => ({ cursor: toCursor(keyOf(one)), node: toNode(one) }));
  return { edges, pageInfo: { hasNextPage: listed.length > size, endCursor: edges.at(-1)?.cursor ?? null } };
}

function toMember({ peerId: id, name, membership, since }: Member) {
  return { peerId: id, name, membership: MEMBERSHIPS[membership], since: new Date(since).toISOString() };
}

function toInvitation(invitation: Invitation) {
  const { id, name, createdBy, requiresApproval, usedBy, createdAt, expiresAt } = invitation;
  return {
    id,
    name,
    createdBy,
    requiresApproval,
    usedBy,
    state: stateOf(invitation),
    createdAt: new Date(createdAt).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  };
}

function stateOf({ usedBy, revoked, expiresAt }: Invitation): PeerInvitationState {
  if (usedBy !== null) return 'USED';
  if (revoked) return 'REVOKED';
  return expiresAt <= Date.now() ? 'EXPIRED' : 'OPEN';
}
