import { runSubgraph } from '@giggityflix/graphql';
import { createCatalog } from './catalog.ts';
import { readEnvironment } from './environment.ts';

await runSubgraph('catalog', readEnvironment, createCatalog);
