import type { Outcome } from './run.ts';
import type { Step } from './schedule/schedule.ts';

/** What a run came to, for people. */
export function report(outcome: Outcome): string {
  const { seed, steps, timeline, violations, figures, skipped, directory } = outcome;
  const lines = [
    `seed ${seed}: ${steps.length} faults, ${violations.length === 0 ? 'nothing violated' : `${violations.length} violations`}`,
    ...figures.map((figure) => `  ${figure}`),
    ...skipped.map((reason) => `  skipped, ${reason}`),
  ];
  if (violations.length > 0)
    lines.push(
      'violations:',
      ...violations.map(({ check, what }) => `  ${check}: ${what}`),
      'timeline:',
      ...timeline.map((line) => `  ${line}`),
      `logs and films: ${directory}`,
    );
  return lines.join('\n');
}

/** The steps of a schedule, one a line. */
export function describeSteps(steps: readonly Step[]): string {
  return steps
    .map(
      ({ id, fault, target, at, healAt }) =>
        `  #${id} ${fault} on ${target} from ${inSeconds(at)} to ${inSeconds(healAt)}`,
    )
    .join('\n');
}

const inSeconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`;
