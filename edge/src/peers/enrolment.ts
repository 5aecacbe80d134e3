import type { Topics } from '@giggityflix/bus';
import { createRateLimiter, type Logger } from '@giggityflix/kernel';
import { derivePeerId, type RegistrationRequest } from '@giggityflix/proto';
import { invitationHash, parseInvitation } from '@giggityflix/proto/invitation';
import { status } from '@grpc/grpc-js';
import type { CallFailure } from '../grpc/wire.ts';
import type { Identity, Member, Members } from '../membership/members.ts';
import type { EdgeMetrics } from '../metrics.ts';
import type { Publisher } from '../publisher/publisher.ts';
import { addressNetworkOf } from './network.ts';
import { BOUND_TO_ANOTHER, type Ownership } from './ownership.ts';
import { sameSecret } from './secrets.ts';

export interface EnrolmentConfig {
  /** Who may register: everyone, who presents a token, or who was invited. */
  enrolment: 'open' | 'token' | 'invitation';
  /** Of these a peer presents one; where peers are invited, one that does needs no invitation. */
  enrolmentTokens: readonly string[];
}

/** Attempts to join by an invitation that one address, or one /64 of IPv6, may make: this many at once, and one every five seconds. */
export const JOIN_ATTEMPTS = { perSecond: 0.2, burst: 20 };
/** After this a peer that waits for approval tries again: whoever lets it in looks at it meanwhile. */
const PENDING_RETRY_SECONDS = 5;
const ENROLLED_BYTES = 200;

/** Trailers that name the reason of a refusal, and when to try again. */
const because = (reason: string, retryAfterSeconds?: number) => ({
  'refusal-reason': reason,
  ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
});

const UNAVAILABLE: CallFailure = {
  code: status.UNAVAILABLE,
  details: 'registrations cannot be checked right now; try again',
};
export const REVOKED: CallFailure = {
  code: status.PERMISSION_DENIED,
  details: 'the membership of this peer was revoked',
  trailers: because('REVOKED'),
};
const PENDING: CallFailure = {
  code: status.PERMISSION_DENIED,
  details: 'this peer waits for an operator to approve it',
  trailers: because('PENDING_APPROVAL', PENDING_RETRY_SECONDS),
};
const UNINVITED: CallFailure = {
  code: status.UNAUTHENTICATED,
  details: 'this network admits invited peers only, and this one presented no invitation',
  trailers: because('INVITATION_REQUIRED'),
};
/** The same for all of them, so that nobody learns which codes there were. */
const REFUSED: CallFailure = {
  code: status.UNAUTHENTICATED,
  details: 'this invitation is not valid: it is unknown, used, revoked or expired',
  trailers: because('INVITATION_REFUSED'),
};

/** Decides whether a peer that proved its id may register. */
export function createEnrolment(
  config: EnrolmentConfig & { edgeId: string },
  deps: {
    members: Members;
    ownership: Pick<Ownership, 'isOfAnother' | 'claim'>;
    publisher: Pick<Publisher, 'published'>;
    topics: Topics;
    metrics: EdgeMetrics;
    logger: Logger;
  },
) {
  const { members, metrics, logger } = deps;
  const invited = config.enrolment === 'invitation';
  const attempts = createRateLimiter(JOIN_ATTEMPTS);

  /**
   * Where peers are invited, nobody registers unchecked. Elsewhere a store that is unavailable keeps nobody out: a revoked
   * peer could come back with a new key, too.
   */
  const unchecked = (error: unknown): CallFailure | null => {
    logger.error({ err: error }, 'cannot look up the membership of a peer');
    return invited ? UNAVAILABLE : null;
  };

  const refusalOf = (member: Member | null): CallFailure | null =>
    member?.membership === 'revoked' ? REVOKED : null;

  const join = async (
    request: RegistrationRequest,
    address: string,
  ): Promise<{ member: Member } | CallFailure> => {
    const { peerId, enrolmentToken } = request;
    if (enrolmentToken === '') return UNINVITED;
    const wait = attempts.take(addressNetworkOf(address));
    if (wait !== null) {
      metrics.enrolments.inc({ outcome: 'limited' });
      return {
        code: status.RESOURCE_EXHAUSTED,
        details: 'too many attempts to join from your address; wait and try again',
        trailers: because('TOO_MANY_ATTEMPTS', wait),
      };
    }
    // No one uses up an invitation for an id that is not theirs.
    if (await deps.ownership.isOfAnother(request)) return BOUND_TO_ANOTHER;
    const code = parseInvitation(enrolmentToken);
    const codeHash = invitationHash(code ?? enrolmentToken);
    const member = await members.redeem({ ...identityOf(request), codeHash, now: Date.now() });
    metrics.enrolments.inc({ outcome: member?.membership ?? 'refused' });
    if (!member) return REFUSED;
    logger.info({ peer_id: peerId, invitation_id: member.invitationId, address }, 'a peer joined');
    return { member };
  };

  /** Until the bus has it, each registration tries again: a crash in between loses no member. */
  const report = async (peerId: string, { invitationId, reported }: Member): Promise<void> => {
    if (reported || invitationId === null) return;
    const value = {
      peer_id: peerId,
      invitation_id: invitationId,
      edge_id: config.edgeId,
      timestamp: new Date().toISOString(),
    };
    const topic = deps.topics.peerEnrolled;
    await deps.publisher.published(peerId, [{ topic, key: peerId, value }], ENROLLED_BYTES);
    await members.reported(peerId);
  };

  const admitInvited = async (request: RegistrationRequest, address: string): Promise<CallFailure | null> => {
    let member = await members.find(identityOf(request));
    if (!member) {
      const joined = await join(request, address);
      if (!('member' in joined)) return joined;
      member = joined.member;
    }
    if (member.membership === 'revoked') return REVOKED;
    // Before the tracker learns of it: a peer that it revokes, while it waits or later, has a key to bar.
    const failure = await deps.ownership.claim(request);
    if (failure) return failure;
    await report(request.peerId, member);
    return member.membership === 'pending' ? PENDING : null;
  };

  /** Why the peer is refused now, if it is: for one that is being, or has been, admitted. */
  const refusalNow = (request: RegistrationRequest): Promise<CallFailure | null> =>
    members.find(identityOf(request)).then(refusalOf, unchecked);

  return {
    /** Why a peer may not register, or null. */
    async admit(request: RegistrationRequest, address: string): Promise<CallFailure | null> {
      const hasToken = config.enrolmentTokens.some((token) => sameSecret(token, request.enrolmentToken));
      if (config.enrolment === 'token' && !hasToken)
        return { code: status.UNAUTHENTICATED, details: 'a valid enrolment token is required here' };
      if (!invited || hasToken) return refusalNow(request);
      return admitInvited(request, address).catch(unchecked);
    },
    refusalNow,
  };
}

function identityOf({ peerId, publicKey }: RegistrationRequest): Identity {
  return { peerId, derivedId: derivePeerId(publicKey) };
}

export type Enrolment = ReturnType<typeof createEnrolment>;
