import { runSubgraph } from '@giggityflix/graphql';
import { readEnvironment } from './environment.ts';
import { createViewing } from './viewing.ts';

await runSubgraph('viewing', readEnvironment, createViewing);
