import {
  AuthenticationError,
  type Authenticator,
  HttpProblem,
  type Identity,
  networkOf,
  tooMany,
} from '@giggityflix/http';
import type { Logger, RateLimiter } from '@giggityflix/kernel';
import { GraphQLError } from 'graphql';
import type { ViewingMetrics } from '../metrics.ts';

/** Who may make requests, and how often, for REST and GraphQL. */
export function createAccess(deps: {
  authenticator: Authenticator;
  users: RateLimiter;
  addresses: RateLimiter;
  metrics: ViewingMetrics;
  logger: Logger;
}) {
  const { authenticator, users, addresses, metrics, logger } = deps;
  const limited = (seconds: number, by: 'user' | 'address') => {
    metrics.rateLimited.inc({ by });
    return tooMany(`requests of one ${by}`, seconds);
  };
  return {
    /** @throws HttpProblem 401 */
    async identify(request: { headers: { authorization?: string } }): Promise<Identity> {
      let identity: Identity | null;
      try {
        identity = await authenticator.authenticate(request.headers.authorization);
      } catch (error) {
        if (!(error instanceof AuthenticationError)) throw error;
        logger.info({ reason: error.message }, 'refused credentials');
        throw unauthorized('the credentials are not valid', 'Bearer error="invalid_token"');
      }
      if (!identity) throw unauthorized('credentials are needed', 'Bearer');
      return identity;
    },
    /** @throws HttpProblem 429 */
    limitAddress(address: string): void {
      const seconds = addresses.take(networkOf(address));
      if (seconds !== null) throw limited(seconds, 'address');
    },
    /** @throws HttpProblem 429 */
    limitUser(userId: string): void {
      const seconds = users.take(userId);
      if (seconds !== null) throw limited(seconds, 'user');
    },
    /** @throws GraphQLError RATE_LIMITED */
    limitGraphqlUser(userId: string): void {
      const seconds = users.take(userId);
      if (seconds === null) return;
      metrics.rateLimited.inc({ by: 'user' });
      throw new GraphQLError(`too many requests; try again in ${seconds} s`, {
        extensions: { code: 'RATE_LIMITED', retryAfterSeconds: seconds },
      });
    },
  };
}

export type Access = ReturnType<typeof createAccess>;

function unauthorized(detail: string, challenge: string): HttpProblem {
  return new HttpProblem(401, 'Unauthorized', { detail, headers: { 'www-authenticate': challenge } });
}
