import { SlowReaderError } from '@giggityflix/platform';
import { GraphQLError } from 'graphql';
import type { Acted } from '../playback.ts';
import { UnavailableError } from '../resilience/unavailable.ts';
import type { Session, SessionStatus } from '../sessions/session.ts';

/** Runs a resolver and puts what cannot be reached into GraphQL's words. */
export async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toGraphqlError(error);
  }
}

/** The same for each step of a subscription. */
export function guardIterator<T>(source: AsyncIterableIterator<T>): AsyncIterableIterator<T> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => answering(() => source.next()),
    return: () => answering(async () => (await source.return?.()) ?? { done: true, value: undefined }),
  };
}

function toGraphqlError(error: unknown): unknown {
  if (error instanceof UnavailableError)
    return new GraphQLError(`${error.message}; try again in ${error.retryAfterSeconds} s`, {
      extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: error.retryAfterSeconds },
    });
  if (error instanceof SlowReaderError)
    return new GraphQLError('events were not read fast enough', { extensions: { code: 'SLOW_READER' } });
  return error;
}

/** @throws GraphQLError NOT_FOUND, CONFLICT */
export function unwrap(acted: Acted, action: string): Session {
  if (acted.outcome === 'done') return acted.session;
  throw acted.outcome === 'not_found' ? notFound() : notAllowed(action, acted.status);
}

export function notFound(): GraphQLError {
  return new GraphQLError('there is no such session', { extensions: { code: 'NOT_FOUND' } });
}

export function notAllowed(action: string, status: SessionStatus): GraphQLError {
  return new GraphQLError(`${action} is not allowed: the session is ${status}`, {
    extensions: { code: 'CONFLICT', status: status.toUpperCase() },
  });
}
