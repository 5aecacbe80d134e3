import { runSubgraph } from '@giggityflix/platform';
import { createCatalog } from './catalog.ts';
import { readEnvironment } from './environment.ts';

await runSubgraph('catalog', readEnvironment, createCatalog);
