import type { SubgraphContext } from '@giggityflix/graphql';
import type { Person } from '../profiles/household.ts';
import type { Profile } from '../profiles/profile.ts';

/** What every resolver of this subgraph is given. */
export interface Context extends SubgraphContext {
  caller: Caller;
}

/** Who asks, as the stores have them now: what a token says may be minutes old. */
export interface Caller {
  /** @throws GraphQLError UNAUTHENTICATED for a visitor, and for a device that is signed out; FORBIDDEN for a backend. */
  person(): Promise<Person>;
  /** {@link Caller.person}, read anew. */
  personNow(): Promise<Person>;
  /** The person, unless it is a kid. @throws GraphQLError FORBIDDEN */
  adult(): Promise<Person>;
  /** @throws GraphQLError FORBIDDEN */
  operator(): Promise<Person>;
  /** The profiles of the caller's account. */
  profiles(): Promise<readonly Profile[]>;
}
