import { type ClientError, clientError } from '../../errors.ts';
import type { Step } from '../plan/plan.ts';
import { type PartSteps, runStep } from './run.ts';

export interface RunningPartSteps extends PartSteps {
  /** Says that a step of the plan has run, whatever its conditions left out. */
  ran(step: Step): void;
  /** When everything was fetched that a deferred fragment adds. */
  ranPart(label: string): Promise<void>;
  /** When everything was fetched. */
  allRan(): Promise<void>;
}

/** Runs what deferred fragments add to a plan, each once the fetches have answered that it depends on. */
export function createPartSteps(
  signal: AbortSignal,
  /** Called with the errors of what was fetched for a deferred fragment. */
  onErrors: (label: string, errors: readonly ClientError[]) => void,
): RunningPartSteps {
  const running = new Map<string, Promise<void>>();
  const answered = new Map<string, { promise: Promise<void>; resolve(): void }>();
  const answer = (id: string) => {
    let entry = answered.get(id);
    if (!entry) {
      entry = Promise.withResolvers<void>();
      answered.set(id, entry);
    }
    return entry;
  };
  const ran = (step: Step | null) => {
    for (const id of step ? fetchesOf(step) : []) answer(id).resolve();
  };
  return {
    ran,
    async fetch(step, go) {
      // Nobody waits for it any more.
      if (!signal.aborted) await go();
      if (step.id !== undefined) answer(step.id).resolve();
    },
    async defer(run, { primary, parts }) {
      for (const { label, depends, step } of parts) {
        const errors: ClientError[] = [];
        const start = async () => {
          await Promise.all(depends.map((id) => answer(id).promise));
          if (step) await runStep({ ...run, errors }, step);
          ran(step);
        };
        const failed = () => {
          errors.push(clientError('INTERNAL_SERVER_ERROR', 'the request could not be completed'));
        };
        running.set(
          label,
          start()
            .catch(failed)
            .then(() => onErrors(label, errors)),
        );
      }
      if (primary) await runStep(run, primary);
      ran(primary);
    },
    // What the plan adds nothing for is there with what it is part of.
    ranPart: async (label) => running.get(label),
    async allRan() {
      for (let count = -1; count !== running.size; ) {
        count = running.size;
        await Promise.all(running.values());
      }
    },
  };
}

/** The ids of a step's fetches, but for those of its deferred parts. */
function fetchesOf(step: Step): string[] {
  switch (step.kind) {
    case 'sequence':
    case 'parallel':
      return step.steps.flatMap(fetchesOf);
    case 'condition':
      return [step.whenTrue, step.whenFalse].flatMap((branch) => (branch ? fetchesOf(branch) : []));
    case 'defer':
      return step.primary ? fetchesOf(step.primary) : [];
    case 'fetch':
      return step.id === undefined ? [] : [step.id];
  }
}
