import type { GraphQLClient } from './graphql.ts';
import type { Hashing } from './hashing.ts';
import type { OfferChannel } from './rtc.ts';
import type { Timers } from './timers.ts';

/** What differs between a page, Node.js and a TV. */
export interface Platform {
  graphql: GraphQLClient;
  offerChannel: OfferChannel;
  /** Whether its offers are made before the ICE servers are known, so that one can go out with the request for the session. */
  offersAhead?: boolean;
  hashing: Hashing;
  timers: Timers;
}
