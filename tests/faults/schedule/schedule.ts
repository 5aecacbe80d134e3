import { createRandom } from '../random.ts';

/** What the schedule has to know of a kind of fault. */
export interface Strike {
  readonly name: string;
  /** What it may strike; each step names one. */
  readonly targets: readonly string[];
  /** Steps that share one never overlap: two faults on it at once are more than is promised to be survived. */
  resources(target: string): readonly string[];
  readonly lastsMs: { readonly min: number; readonly max: number };
}

/** One fault: injected at `at` and healed at `healAt`, in milliseconds since the faults began. */
export interface Step {
  readonly id: number;
  readonly fault: string;
  readonly target: string;
  readonly resources: readonly string[];
  readonly at: number;
  readonly healAt: number;
  /** For what the fault itself draws by lot. */
  readonly seed: number;
}

export interface ScheduleOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly strikes: readonly Strike[];
  /** Most faults at once. */
  readonly atOnce: number;
  /** How long a resource is left in peace after a fault of it was healed. */
  readonly recoveryMs: number;
  /** Between the beginnings of two faults. */
  readonly gapMs: { readonly min: number; readonly max: number };
}

/**
 * Faults by lot, in the order in which they begin; the same options give the same ones. Each kind comes up once before any
 * comes up again, as far as the time and what it strikes allow.
 */
export function makeSchedule(options: ScheduleOptions): Step[] {
  const { seed, durationMs, strikes, atOnce, recoveryMs, gapMs } = options;
  const random = createRandom(seed);
  const usable = strikes.filter(({ targets }) => targets.length > 0);
  const steps: Step[] = [];
  let waiting: Strike[] = [];

  const place = (strike: Strike, at: number): Step | null => {
    const healAt = at + random.integer(strike.lastsMs.min, strike.lastsMs.max);
    if (healAt > durationMs) return null;
    if (steps.filter((step) => step.healAt > at).length >= atOnce) return null;
    const busy = new Set(
      steps.filter((step) => step.healAt + recoveryMs > at).flatMap(({ resources }) => resources),
    );
    const free = strike.targets.filter((target) => !strike.resources(target).some((name) => busy.has(name)));
    if (free.length === 0) return null;
    const target = random.pick(free);
    return {
      id: steps.length + 1,
      fault: strike.name,
      target,
      resources: strike.resources(target),
      at,
      healAt,
      seed: random.integer(0, 2 ** 31 - 1),
    };
  };

  for (let at = 0; at < durationMs && usable.length > 0; at += random.integer(gapMs.min, gapMs.max)) {
    if (waiting.length === 0) waiting = random.shuffle(usable);
    for (const strike of waiting) {
      const step = place(strike, at);
      if (!step) continue;
      steps.push(step);
      waiting = waiting.filter((other) => other !== strike);
      break;
    }
  }
  return steps;
}

/** Some of a schedule's steps, as long apart as they were but without the time before, and without long pauses. */
export function condense(steps: readonly Step[], pauseMs: number): Step[] {
  const condensed: Step[] = [];
  let shift = 0;
  let quietFrom = 0;
  for (const step of [...steps].sort((a, b) => a.at - b.at)) {
    const pause = step.at - shift - quietFrom;
    if (pause > pauseMs) shift += pause - pauseMs;
    const moved = { ...step, at: step.at - shift, healAt: step.healAt - shift };
    condensed.push(moved);
    quietFrom = Math.max(quietFrom, moved.healAt);
  }
  return condensed;
}
