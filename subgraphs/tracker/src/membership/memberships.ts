import {
  type Bus,
  type Membership,
  type OutgoingRecord,
  on,
  type Route,
  type Topics,
} from '@giggityflix/bus';
import { type Logger, READY, type Service, UnavailableError } from '@giggityflix/kernel';
import { invitationHash, newInvitationCode } from '@giggityflix/proto/invitation';
import { v7 as uuidv7 } from 'uuid';
import type { PeerRegistry } from '../registry/registry.ts';
import type { Invitation, Member, MembershipStore } from './membership.ts';

export interface NewInvitation {
  name: string;
  createdBy: string;
  lifetimeMs: number;
  requiresApproval: boolean;
}

/** Decides about invitations and members, and publishes it to the edges, which act on it. */
export interface Memberships extends Service {
  /** The code is returned once and kept nowhere. */
  invite(given: NewInvitation): Promise<{ invitation: Invitation; code: string }>;
  revokeInvitation(id: string): Promise<Invitation | null>;
  /** Null for a peer that the tracker never heard of. */
  decide(peerId: string, membership: Exclude<Membership, 'pending'>): Promise<Member | null>;
  /** What edges report, for the consumer of their events. */
  routes: readonly Route[];
}

const PAGE = 500;
const RESEND_RETRY_MS = 5_000;

export function createMemberships(deps: {
  bus: Bus;
  topics: Topics;
  store: MembershipStore;
  registry: Pick<PeerRegistry, 'peer' | 'connectionClosed'>;
  logger: Logger;
}): Memberships {
  const { bus, topics, store, registry, logger } = deps;
  let stopped = false;
  let retry: NodeJS.Timeout | undefined;

  const ofInvitation = (invitation: Invitation): OutgoingRecord => ({
    topic: topics.peerInvitationChanged,
    key: invitation.id,
    value: {
      invitation_id: invitation.id,
      code_hash: invitation.codeHash,
      requires_approval: invitation.requiresApproval,
      expires_at: new Date(invitation.expiresAt).toISOString(),
      revoked: invitation.revoked,
      timestamp: new Date().toISOString(),
    },
  });
  const ofMember = ({ peerId, membership, version }: Member): OutgoingRecord => ({
    topic: topics.peerAccessChanged,
    key: peerId,
    value: { peer_id: peerId, membership, version, timestamp: new Date().toISOString() },
  });
  /** What the edges do not get fails for who asked for it, and may be asked for again. */
  const publish = (record: OutgoingRecord): Promise<void> =>
    bus.publish(record).catch((cause: unknown) => {
      throw new UnavailableError('the bus', { cause });
    });

  /** Its films are unavailable from now on, whatever becomes of its stream. */
  const disconnect = async (peerId: string): Promise<void> => {
    const peer = await registry.peer(peerId);
    if (!peer || peer.state === 'DISCONNECTED') return;
    await registry.connectionClosed({
      peerId,
      edgeId: peer.edgeId,
      connectionId: peer.connectionId,
      replaced: false,
    });
  };

  const resend = async (): Promise<void> => {
    for (let after: string | undefined; !stopped; ) {
      const members = await store.members({ first: PAGE, after });
      if (members.length === 0) break;
      await bus.publish(members.map(ofMember));
      after = members.at(-1)?.peerId;
    }
    for (let after: string | undefined; !stopped; ) {
      const invitations = await store.invitations({ first: PAGE, after });
      if (invitations.length === 0) break;
      const useful = invitations.filter(({ expiresAt, usedBy }) => expiresAt > Date.now() && usedBy === null);
      if (useful.length > 0) await bus.publish(useful.map(ofInvitation));
      after = invitations.at(-1)?.id;
    }
  };
  /** Edges that lost their store, or missed what a crash kept from the bus, have it all again. */
  const resendUntilDone = (): void => {
    resend().catch((error: unknown) => {
      logger.warn({ err: error }, 'memberships could not be sent to the edges, trying again');
      if (!stopped) retry = setTimeout(resendUntilDone, RESEND_RETRY_MS);
    });
  };

  return {
    async start() {
      resendUntilDone();
    },
    async stop() {
      stopped = true;
      clearTimeout(retry);
    },
    ready: () => READY,

    async invite({ lifetimeMs, ...given }) {
      const code = newInvitationCode();
      const createdAt = Date.now();
      const invitation: Invitation = {
        ...given,
        id: uuidv7(),
        codeHash: invitationHash(code),
        createdAt,
        expiresAt: createdAt + lifetimeMs,
        revoked: false,
        usedBy: null,
      };
      await store.invite(invitation);
      try {
        await publish(ofInvitation(invitation));
      } catch (error) {
        // Nobody gets its code, so nobody needs it.
        await store.revokeInvitation(invitation.id);
        throw error;
      }
      return { invitation, code };
    },

    async revokeInvitation(id) {
      const invitation = await store.revokeInvitation(id);
      if (invitation) await publish(ofInvitation(invitation));
      return invitation;
    },

    async decide(peerId, membership) {
      const create = (await registry.peer(peerId)) !== null;
      const member = await store.decide({ peerId, membership, at: Date.now(), create });
      if (!member) return null;
      await publish(ofMember(member));
      if (membership === 'revoked') {
        await disconnect(peerId);
        logger.info({ peer_id: peerId }, 'the membership of a peer is revoked');
      }
      return member;
    },

    routes: [
      on(topics.peerEnrolled, async ({ value }) => {
        const { peer_id: peerId, invitation_id: invitationId } = value;
        const at = Date.parse(value.timestamp);
        const { member, decided } = await store.enrolled({ peerId, invitationId, at });
        if (decided) await bus.publish(ofMember(member));
      }),
    ],
  };
}
