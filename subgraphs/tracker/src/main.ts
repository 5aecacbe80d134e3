import { runSubgraph } from '@giggityflix/graphql';
import { readEnvironment } from './environment.ts';
import { createTracker } from './service.ts';

await runSubgraph('tracker', readEnvironment, ({ tracker }, deps) => createTracker(tracker, deps));
