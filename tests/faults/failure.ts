import { rmSync } from 'node:fs';
import { type Outcome, type RunOptions, runFaults } from './run.ts';
import { condense, type Step } from './schedule/schedule.ts';
import { shrink } from './schedule/shrink.ts';

/** Pauses in a part of a schedule are no longer. */
const PAUSE_MS = 10_000;

/** Looks for a part of a failed run's faults that fails in the same checks, by runs on installations of their own. */
export async function minimize(
  outcome: Outcome,
  options: Pick<RunOptions, 'small' | 'onLine'> & { readonly attempts: number },
): Promise<{ steps: readonly Step[]; isMinimal: boolean; attempts: number }> {
  const checks = new Set(outcome.violations.map(({ check }) => check));
  const { smallest, isMinimal, attempts } = await shrink(
    outcome.steps,
    async (part) => {
      const steps = condense(part, PAUSE_MS);
      const durationMs = Math.max(0, ...steps.map(({ healAt }) => healAt));
      options.onLine?.(`again with ${part.length} of ${outcome.steps.length} faults`);
      const again = await runFaults({ ...options, seed: outcome.seed, durationMs, steps });
      if (again.directory) rmSync(again.directory, { recursive: true, force: true });
      return again.violations.some(({ check }) => checks.has(check));
    },
    options.attempts,
  );
  return { steps: condense(smallest, PAUSE_MS), isMinimal, attempts };
}
