import type { SubgraphContext } from '@giggityflix/graphql';
import type { Loaders } from './loaders.ts';
import type { CatalogStore } from './store.ts';

export interface Context extends SubgraphContext {
  store: CatalogStore;
  loaders: Loaders;
}
