import type { SubgraphContext } from '@giggityflix/platform';

/** What every resolver of this subgraph is given. */
export interface Context extends SubgraphContext {}
