import { mapEvents, SlowReaderError } from '@giggityflix/kernel';
import { GraphQLError } from 'graphql';
import { ForeignProfile, profileOf, type Viewer } from '../access/viewer.ts';
import type { Session, SessionStatus } from '../sessions/session.ts';
import type { ActResult } from '../sessions/store.ts';

/** Reports to a subscriber that reads too slowly why its subscription ends. */
export function guardIterator<T>(source: AsyncIterableIterator<T>): AsyncIterableIterator<T> {
  return mapEvents(
    source,
    (event) => event,
    (error) => (error instanceof SlowReaderError ? slowReader() : error),
  );
}

function slowReader(): GraphQLError {
  return new GraphQLError('events were not read fast enough', { extensions: { code: 'SLOW_READER' } });
}

/** @throws GraphQLError NOT_FOUND, CONFLICT */
export function unwrap(acted: ActResult, action: string): Session {
  if (acted.outcome === 'done') return acted.session;
  throw acted.outcome === 'not_found' ? notFound() : notAllowed(action, acted.status);
}

/**
 * The profile meant: the one that is named, else the token's; null when neither is there.
 * @throws GraphQLError FORBIDDEN when the token is for another one.
 */
export function ownProfile(
  viewer: Pick<Viewer, 'profileId'>,
  named: string | null | undefined,
): string | null {
  try {
    return profileOf(viewer, named);
  } catch (error) {
    if (!(error instanceof ForeignProfile)) throw error;
    throw new GraphQLError(error.message, { extensions: { code: 'FORBIDDEN' } });
  }
}

export function notFound(): GraphQLError {
  return new GraphQLError('there is no such session', { extensions: { code: 'NOT_FOUND' } });
}

export function notAllowed(action: string, status: SessionStatus): GraphQLError {
  return new GraphQLError(`${action} is not allowed: the session is ${status}`, {
    extensions: { code: 'CONFLICT', status: status.toUpperCase() },
  });
}
