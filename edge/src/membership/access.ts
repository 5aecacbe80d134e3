import { type Bus, type Consumer, DEFAULT_RETRY, on, type Topics } from '@giggityflix/bus';
import type { Logger, RetryPolicy } from '@giggityflix/kernel';
import type { Members } from './members.ts';

/** What fails here is the store, which a decision waits for however long it takes. */
const RETRY: RetryPolicy = { ...DEFAULT_RETRY, maxRetries: 10_000 };

export interface AccessConfig {
  edgeId: string;
  groupId: string;
}

/**
 * Keeps what the tracker decides about invitations and members. Each edge reads all of it: the store is shared, the
 * streams to end are its own.
 */
export function createAccess(
  config: AccessConfig,
  deps: {
    bus: Bus;
    topics: Topics;
    members: Members;
    /** The id that the key of a peer derives, or null where no key is known. */
    derivedIdOf(peerId: string): Promise<string | null>;
    /** Ends the streams of a peer that may not be here any more, under whichever id its key has them. */
    revoke(identity: { peerId: string; derivedId: string | null }): void;
    logger: Logger;
  },
) {
  const { bus, topics, members, logger } = deps;
  let consumer: Consumer | null = null;
  return {
    async start(): Promise<void> {
      consumer = await bus.consume({
        // A new name has every edge read all decisions again: needed when it keeps more of them than before.
        groupId: `${config.groupId}.${config.edgeId}.members-2`,
        exclusive: true,
        from: 'earliest',
        retry: RETRY,
        routes: [
          on(topics.peerInvitationChanged, ({ value }) =>
            members.invite({
              invitationId: value.invitation_id,
              codeHash: value.code_hash,
              requiresApproval: value.requires_approval,
              expiresAt: Date.parse(value.expires_at),
              revoked: value.revoked,
            }),
          ),
          on(topics.peerAccessChanged, async ({ value }) => {
            const { peer_id: peerId, membership, version } = value;
            const derivedId = await deps.derivedIdOf(peerId);
            const holds = await members.decide({ peerId, derivedId, membership, version });
            if (holds !== 'revoked') return;
            logger.info({ peer_id: peerId }, 'the membership of a peer is revoked');
            deps.revoke({ peerId, derivedId });
          }),
        ],
      });
    },
    async stop(): Promise<void> {
      await consumer?.stop();
      consumer = null;
    },
  };
}
