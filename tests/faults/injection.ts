import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Installation } from './kinds/fault.ts';
import { createRandom } from './random.ts';
import type { Step } from './schedule/schedule.ts';

export interface Injection {
  readonly problems: readonly string[];
  /** When the last fault was healed, by `Date.now()`. */
  readonly lastHealAt: number;
}

/**
 * Injects the steps of a schedule at their times and heals each. Injecting and healing take time on a busy machine: a step that
 * would meet more faults than `atOnce`, or one that struck the same, begins when those are healed.
 */
export async function injectAll(options: {
  readonly installation: Installation;
  readonly steps: readonly Step[];
  readonly faults: readonly Fault[];
  readonly atOnce: number;
  readonly note: (what: string) => void;
}): Promise<Injection> {
  const { installation, steps, faults, atOnce, note } = options;
  const startedAt = Date.now();
  const problems: string[] = [];
  const active = new Map<Step, Promise<void>>();
  let lastHealAt = startedAt;

  const run = async (step: Step) => {
    const fault = faults.find(({ name }) => name === step.fault);
    if (!fault) throw new Error(`there is no fault ${step.fault}`);
    const label = `#${step.id} ${step.fault}`;
    try {
      const injected = await fault.inject(installation, step.target, createRandom(step.seed));
      note(`${label}: ${injected.what}`);
      await sleep(Math.max(0, step.healAt - step.at));
      await injected.heal();
      note(`${label}: healed`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      note(`${label} on ${step.target} went wrong: ${reason}`);
      problems.push(`${label} on ${step.target}: ${reason}`);
    }
    lastHealAt = Date.now();
  };
  const isFree = (step: Step) =>
    active.size < atOnce &&
    [...active.keys()].every(({ resources }) => !resources.some((name) => step.resources.includes(name)));

  for (const step of steps) {
    await sleep(Math.max(0, startedAt + step.at - Date.now()));
    while (!isFree(step)) await Promise.race(active.values());
    const running = run(step).finally(() => active.delete(step));
    active.set(step, running);
  }
  await Promise.all(active.values());
  return { problems, lastHealAt };
}
