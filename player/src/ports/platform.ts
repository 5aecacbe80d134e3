import type { GraphQLClient } from './graphql.ts';
import type { Hashing } from './hashing.ts';
import type { OfferChannel } from './rtc.ts';
import type { Timers } from './timers.ts';

/** What differs between a page, Node.js and a TV. */
export interface Platform {
  graphql: GraphQLClient;
  offerChannel: OfferChannel;
  hashing: Hashing;
  timers: Timers;
}
