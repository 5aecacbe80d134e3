import type { SubgraphContext } from '@giggityflix/graphql';
import type { InvitedNetwork } from '@giggityflix/proto/invitation';
import type { CommandRouter } from './commands/router.ts';
import type { CountLoader } from './graphql/count-loader.ts';
import type { AvailabilityEvent, LiveEvents, MatchEvent } from './graphql/events.ts';
import type { LimitedView } from './graphql/limited.ts';
import type { Memberships } from './membership/memberships.ts';
import type { TrackerState } from './state/state.ts';

export interface InvitationsConfig {
  /** Whether edges ask for invitations. */
  enabled: boolean;
  /** Who may make some. */
  from: 'operators' | 'accounts';
  /** Whether anyone may ask that a peer be let in, which an operator then decides about. */
  requests: boolean;
  /** Where invited peers find the network; null where their owners have to know. */
  network: InvitedNetwork | null;
}

/** What every resolver of this subgraph is given. */
export interface Context extends SubgraphContext {
  state: TrackerState;
  commands: CommandRouter;
  /** What of the catalog the one who asks sees; null for all of it. */
  view: LimitedView | null;
  /** Counts of this request's files, fetched together. */
  counts: CountLoader;
  /** By catalog id. */
  availabilityEvents: LiveEvents<AvailabilityEvent>;
  /** By owner, as {@link ownerChannel} names it. */
  matchEvents: LiveEvents<MatchEvent>;
  memberships: Memberships;
  invitations: InvitationsConfig;
  subscriptionTtl: { defaultHours: number; maxHours: number };
}
