import { runSubgraph } from '@giggityflix/platform';
import { readEnvironment } from './environment.ts';
import { createTracker } from './tracker.ts';

await runSubgraph('tracker', readEnvironment, ({ tracker }, deps) => createTracker(tracker, deps));
