import { runSubgraph } from '@giggityflix/graphql';
import { readEnvironment } from './environment.ts';
import { createIdentity } from './service.ts';

await runSubgraph('identity', readEnvironment, createIdentity);
