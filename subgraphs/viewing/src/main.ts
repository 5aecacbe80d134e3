import { runSubgraph } from '@giggityflix/graphql';
import { readEnvironment } from './environment.ts';
import { createViewing } from './service.ts';

await runSubgraph('viewing', readEnvironment, createViewing);
