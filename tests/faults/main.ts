/**
 * `npm run test:faults -- [--seed N] [--minutes M] [--small] [--runs R] [--shrink A]` breaks an installation of its own on purpose while it
 * is used, and checks afterwards what must hold: seeded faults for M minutes (5), R times with seeds that follow each other (1).
 * Exits with 1 when something did not hold, after printing the seed, the timeline and, from at most A more runs (6; 0 for
 * none), the smallest part of the faults that still fails.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { minimize } from './failure.ts';
import { describeSteps, report } from './report.ts';
import { runFaults } from './run.ts';

const MINUTE_MS = 60_000;
const { values } = readArguments();
const minutes = number('minutes', values.minutes ?? '5', { min: 0.1, isWhole: false });
const first = number('seed', values.seed ?? String(randomInt(2 ** 31)), { min: 0 });
const runs = number('runs', values.runs ?? '1', { min: 1 });
const attempts = number('shrink', values.shrink ?? '6', { min: 0 });
const small = values.small ?? false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const onLine = (line: string) => console.log(line);

for (let seed = first; seed < first + runs; seed += 1) {
  console.log(`seed ${seed}, ${minutes} minutes of faults${small ? ', one broker' : ''}`);
  const outcome = await runFaults({ seed, durationMs: minutes * MINUTE_MS, small, onLine });
  console.log(report(outcome));
  if (outcome.violations.length === 0) continue;
  console.log(
    `run it again with: npm run test:faults -- --seed ${seed} --minutes ${minutes}${small ? ' --small' : ''}`,
  );
  if (attempts > 0) {
    const { steps, isMinimal, attempts: used } = await minimize(outcome, { small, attempts, onLine });
    console.log(
      `${isMinimal ? 'the minimal schedule' : 'the smallest schedule found'} that fails, after ${used} more runs:`,
    );
    console.log(describeSteps(steps));
  }
  process.exit(1);
}
process.exit(0);

function readArguments() {
  try {
    return parseArgs({
      options: {
        seed: { type: 'string' },
        minutes: { type: 'string' },
        runs: { type: 'string' },
        shrink: { type: 'string' },
        small: { type: 'boolean' },
      },
    });
  } catch (error) {
    return usage((error as Error).message);
  }
}

function number(
  name: string,
  text: string,
  { min, isWhole = true }: { min: number; isWhole?: boolean },
): number {
  const value = Number(text);
  if (!(value >= min) || (isWhole && !Number.isSafeInteger(value)))
    usage(`--${name} must be a ${isWhole ? 'whole ' : ''}number from ${min} on`);
  return value;
}

function usage(problem: string): never {
  console.error(problem);
  console.error('usage: npm run test:faults -- [--seed N] [--minutes M] [--small] [--runs R] [--shrink A]');
  process.exit(2);
}
