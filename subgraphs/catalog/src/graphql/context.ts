import type { SubgraphContext } from '@giggityflix/graphql';
import type { CatalogStore } from '../store/store.ts';
import type { Loaders } from './loaders.ts';

export interface Context extends SubgraphContext {
  store: CatalogStore;
  loaders: Loaders;
}
