import type { SubgraphContext } from '@giggityflix/graphql';
import type { ProgressLoader } from './graphql/progress-loader.ts';
import type { WatchlistLoader } from './graphql/watchlist-loader.ts';

/** What every resolver of this subgraph is given. */
export interface Context extends SubgraphContext {
  /** Null for a visitor who is not signed in. */
  progress: ProgressLoader | null;
  /** Null for a visitor who is not signed in. */
  watchlist: WatchlistLoader | null;
}
