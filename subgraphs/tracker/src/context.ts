import type { SubgraphContext } from '@giggityflix/graphql';
import type { EventHub } from '@giggityflix/kernel';
import type { CommandRouter } from './commands/router.ts';
import type { CountLoader } from './graphql/count-loader.ts';
import type { AvailabilityEvent, MatchEvent } from './graphql/events.ts';
import type { TrackerState } from './state/state.ts';

/** What every resolver of this subgraph is given. */
export interface Context extends SubgraphContext {
  state: TrackerState;
  commands: CommandRouter;
  /** Counts of this request's files, fetched together. */
  counts: CountLoader;
  /** By catalog id. */
  availabilityEvents: EventHub<AvailabilityEvent>;
  /** By owner, as {@link ownerChannel} names it. */
  matchEvents: EventHub<MatchEvent>;
  subscriptionTtl: { defaultHours: number; maxHours: number };
}
