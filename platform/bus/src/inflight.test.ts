import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInflightTracker } from './inflight.ts';

describe('the in-flight tracker', () => {
  it('yields the settled prefix once', () => {
    const tracker = createInflightTracker<number>();
    const [one, two, three] = [tracker.add(10), tracker.add(20), tracker.add(30)];
    two?.();
    expect(tracker.takeSettled()).toBeNull();
    one?.();
    expect(tracker.takeSettled()).toBe(20);
    expect(tracker.takeSettled()).toBeNull();
    expect(tracker.size).toBe(1);
    three?.();
    expect(tracker.takeSettled()).toBe(30);
    expect(tracker.size).toBe(0);
  });

  it('never passes an unsettled record, whatever the order of settling', () => {
    const steps = fc.array(fc.oneof(fc.constant('add' as const), fc.constant('take' as const), fc.nat(200)), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(steps, (plan) => {
        const tracker = createInflightTracker<number>();
        const settlers: (() => void)[] = [];
        const settled = new Set<number>();
        let committed = -1;
        for (const step of plan) {
          if (step === 'add') settlers.push(tracker.add(settlers.length));
          else if (step === 'take') {
            let expected = committed;
            while (settled.has(expected + 1)) expected += 1;
            expect(tracker.takeSettled()).toBe(expected > committed ? expected : null);
            committed = expected;
          } else if (step < settlers.length) {
            settlers[step]?.();
            settled.add(step);
          }
          expect(tracker.size).toBeGreaterThanOrEqual(settlers.length - 1 - committed);
        }
      }),
    );
  });

  it('keeps no trace of what it has yielded', () => {
    const tracker = createInflightTracker<number>();
    tracker.add(-1);
    for (let n = 0; n < 10_000; n += 1) tracker.add(n)();
    expect(tracker.size).toBe(10_001);
    expect(tracker.takeSettled()).toBeNull();
    expect(tracker.size).toBe(10_001);
  });
});
