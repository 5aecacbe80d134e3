import { requireCluster, requireKcat } from '@giggityflix/testing/processes';
import { expect, it } from 'vitest';
import { report } from './report.ts';
import { runFaults } from './run.ts';

const skip = requireCluster().skip || requireKcat().skip;

/** Minutes where nothing else runs, a quarter of an hour on a busy machine. Faults, load and checks are those of `npm run test:faults`. */
it.skipIf(skip)('holds what it promises while it is broken on purpose', { timeout: 1_500_000 }, async () => {
  const outcome = await runFaults({ seed: 18, durationMs: 60_000, small: true });
  expect(outcome.violations, report(outcome)).toEqual([]);
});
