import { runSubgraph } from '@giggityflix/graphql';
import { readEnvironment } from './environment.ts';
import { createCatalog } from './service.ts';

await runSubgraph('catalog', readEnvironment, createCatalog);
