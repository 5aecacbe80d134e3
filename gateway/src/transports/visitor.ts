import {
  AuthenticationError,
  type Authenticator,
  atEnd,
  type Identity,
  type Revocations,
} from '@giggityflix/http';
import { childOf, currentTraceparent, type Logger } from '@giggityflix/kernel';
import type { SubgraphRequestContext } from '../subgraphs/client.ts';
import type { ForwardedHeaders } from '../subgraphs/header-rules.ts';

/** Who makes a request, and what of it travels on to the subgraphs. */
export interface Visitor {
  /** Null for someone who did not sign in; subgraphs decide what that lets them see. */
  readonly identity: Identity | null;
  /** What rate limits count by: the user, or the address of someone who did not sign in. */
  readonly key: string;
  readonly context: SubgraphRequestContext;
}

export interface Admission {
  /** Null when there are credentials that do not hold. */
  admit(request: {
    authorization: string | undefined;
    address: string;
    requestId: string;
    /** The caller's trace, where the transport does not keep it for the work under way. */
    traceparent?: string | undefined;
    /** What rules pass on of its headers. */
    forwarded?: ForwardedHeaders | undefined;
  }): Promise<Visitor | null>;
  /** Calls `then` when the visitor's credentials end: nothing outlives those it came with. Returns what cancels it. */
  atEnd(visitor: Visitor, then: () => void): () => void;
}

export function createAdmission(
  authenticator: Authenticator,
  revocations: Revocations,
  logger: Logger,
): Admission {
  return {
    atEnd: ({ identity }, then) => atEnd(identity, revocations, then),
    async admit({ authorization, address, requestId, traceparent, forwarded }) {
      let identity: Identity | null;
      try {
        identity = await authenticator.authenticate(authorization);
      } catch (error) {
        if (!(error instanceof AuthenticationError)) throw error;
        logger.info({ reason: error.message, requestId }, 'refused credentials');
        return null;
      }
      return {
        identity,
        key: identity && authorization ? `user ${identity.userId}` : `address ${address}`,
        context: {
          authorization: authorization || undefined,
          requestId,
          ...(forwarded && { forwarded }),
          traceparent: currentTraceparent() ?? childOf(traceparent),
        },
      };
    },
  };
}
