import type { SubgraphContext } from '@giggityflix/graphql';
import type { Statements } from '../statements/statements.ts';
import type { CatalogStore } from '../store/store.ts';
import type { Loaders } from './loaders.ts';

export interface Context extends SubgraphContext {
  store: CatalogStore;
  statements: Statements;
  loaders: Loaders;
}
