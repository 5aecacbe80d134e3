import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { condense, makeSchedule, type ScheduleOptions, type Step, type Strike } from './schedule.ts';

const strikes: fc.Arbitrary<Strike[]> = fc
  .array(
    fc.record({
      targets: fc.uniqueArray(fc.constantFrom('a-1', 'a-2', 'b-1', 'b-2', 'c'), { maxLength: 5 }),
      shared: fc.option(fc.constantFrom('bus', 'store')),
      min: fc.integer({ min: 1, max: 20_000 }),
      more: fc.integer({ min: 0, max: 40_000 }),
    }),
    { maxLength: 8 },
  )
  .map((kinds) =>
    kinds.map(({ targets, shared, min, more }, index) => ({
      name: `fault-${index}`,
      targets,
      resources: (target) => (shared ? [target, shared] : [target]),
      lastsMs: { min, max: min + more },
    })),
  );

const options: fc.Arbitrary<ScheduleOptions> = fc
  .record({
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    durationMs: fc.integer({ min: 0, max: 900_000 }),
    strikes,
    atOnce: fc.integer({ min: 1, max: 4 }),
    recoveryMs: fc.integer({ min: 0, max: 20_000 }),
    gap: fc.tuple(fc.integer({ min: 500, max: 10_000 }), fc.integer({ min: 0, max: 10_000 })),
  })
  .map(({ gap: [min, more], ...rest }) => ({ ...rest, gapMs: { min, max: min + more } }));

const overlap = (a: Step, b: Step) => a.at < b.healAt && b.at < a.healAt;
const share = (a: Step, b: Step) => a.resources.some((name) => b.resources.includes(name));

describe('a schedule of faults', () => {
  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(options, (given) => {
        expect(makeSchedule(given)).toEqual(makeSchedule(given));
      }),
    );
  });

  it('heals every fault before its end, each within the time of its kind', () => {
    fc.assert(
      fc.property(options, (given) => {
        for (const step of makeSchedule(given)) {
          const { lastsMs, targets } = given.strikes.find(({ name }) => name === step.fault) as Strike;
          expect(step.at).toBeGreaterThanOrEqual(0);
          expect(step.healAt).toBeLessThanOrEqual(given.durationMs);
          expect(step.healAt - step.at).toBeGreaterThanOrEqual(lastsMs.min);
          expect(step.healAt - step.at).toBeLessThanOrEqual(lastsMs.max);
          expect(targets).toContain(step.target);
        }
      }),
    );
  });

  it('has at no time more faults than it may', () => {
    fc.assert(
      fc.property(options, (given) => {
        const steps = makeSchedule(given);
        for (const step of steps) {
          const now = steps.filter((other) => other.at <= step.at && other.healAt > step.at);
          expect(now.length).toBeLessThanOrEqual(given.atOnce);
        }
      }),
    );
  });

  it('leaves what a fault struck in peace until it has recovered', () => {
    fc.assert(
      fc.property(options, (given) => {
        const steps = makeSchedule(given);
        const tooSoon = steps.filter((step, index) =>
          steps.slice(0, index).some((one) => share(one, step) && step.at < one.healAt + given.recoveryMs),
        );
        expect(tooSoon).toEqual([]);
      }),
    );
  });

  it('has every kind where there is time for all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (seed) => {
        const kinds = Array.from({ length: 12 }, (_, index) => ({
          name: `fault-${index}`,
          targets: [`target-${index}`],
          resources: (target: string) => [target],
          lastsMs: { min: 1_000, max: 10_000 },
        }));
        const steps = makeSchedule({
          seed,
          durationMs: 180_000,
          strikes: kinds,
          atOnce: 2,
          recoveryMs: 5_000,
          gapMs: { min: 3_000, max: 8_000 },
        });
        expect(new Set(steps.map(({ fault }) => fault)).size).toBe(kinds.length);
      }),
    );
  });
});

describe('a part of a schedule', () => {
  it('keeps order, lengths and overlaps, and has no long pauses', () => {
    fc.assert(
      fc.property(options, fc.infiniteStream(fc.boolean()), (given, kept) => {
        const part = makeSchedule(given).filter(() => kept.next().value);
        const condensed = condense(part, 5_000);
        expect(condensed.map(({ id }) => id)).toEqual(part.map(({ id }) => id));
        let quietFrom = 0;
        for (const [index, step] of condensed.entries()) {
          const before = part[index] as Step;
          expect(step.healAt - step.at).toBe(before.healAt - before.at);
          expect(step.at - quietFrom).toBeLessThanOrEqual(5_000);
          quietFrom = Math.max(quietFrom, step.healAt);
          for (const [other, later] of condensed.entries())
            if (overlap(before, part[other] as Step)) expect(overlap(step, later)).toBe(true);
        }
      }),
    );
  });
});
