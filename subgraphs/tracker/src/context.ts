import type { SubgraphContext } from '@giggityflix/graphql';
import type { EventHub } from '@giggityflix/kernel';
import type { CommandRouter } from './commands/router.ts';
import type { CountLoader } from './graphql/count-loader.ts';
import type { AvailabilityEvent, MatchEvent } from './graphql/events.ts';
import type { Memberships } from './membership/memberships.ts';
import type { TrackerState } from './state/state.ts';

export interface InvitationsConfig {
  /** Whether edges ask for invitations. */
  enabled: boolean;
  /** Who may make some. */
  from: 'operators' | 'accounts';
}

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
  memberships: Memberships;
  invitations: InvitationsConfig;
  subscriptionTtl: { defaultHours: number; maxHours: number };
}
