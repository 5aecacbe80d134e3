import type { SubgraphContext } from '@giggityflix/graphql';
import type { AccessLimits } from '@giggityflix/http';
import type { Libraries } from '../libraries/libraries.ts';
import type { Statements } from '../statements/statements.ts';
import type { CatalogReads } from '../store/store.ts';
import type { Loaders } from './loaders.ts';

export interface Context extends SubgraphContext {
  /** What the one who asks sees. */
  store: CatalogReads;
  limits: AccessLimits;
  statements: Statements;
  libraries: Libraries;
  loaders: Loaders;
}
