import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProgress } from './progress.ts';

describe('the progress in a partition', () => {
  it('is that of the end which was seen first among those not handled', () => {
    let time = 100;
    const progress = createProgress<number>(0, () => time);
    expect(progress.caughtUpAt).toBe(100);
    time = 110;
    progress.sawEnd(5);
    time = 120;
    progress.sawEnd(9);
    progress.handled(4);
    expect(progress.caughtUpAt).toBe(100);
    time = 130;
    progress.handled(6);
    expect(progress.caughtUpAt).toBe(110);
    time = 140;
    progress.handled(9);
    expect(progress.caughtUpAt).toBe(120);
    time = 150;
    progress.sawNothingNew();
    expect(progress.caughtUpAt).toBe(150);
  });

  it('never claims what was not handled, and in the end claims all', () => {
    const step = fc.record({
      published: fc.integer({ min: 0, max: 3 }),
      fetches: fc.boolean(),
      handled: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let time = 1;
        const progress = createProgress<number>(-1, () => time);
        const publishedAt: number[] = [];
        let seen = 0;
        let handled = 0;
        const fetch = () => {
          time += 1;
          if (publishedAt.length === seen) return progress.sawNothingNew();
          seen = publishedAt.length;
          progress.sawEnd(seen - 1);
        };
        const handleTo = (count: number) => {
          time += 1;
          if (count > handled) progress.handled(count - 1);
          handled = count;
        };
        for (const { published, fetches, handled: more } of steps) {
          time += 1;
          for (let n = 0; n < published; n += 1) publishedAt.push(time);
          if (fetches) fetch();
          handleTo(Math.min(seen, handled + more));
          for (const at of publishedAt.slice(handled)) expect(progress.caughtUpAt).toBeLessThanOrEqual(at);
        }
        fetch();
        handleTo(seen);
        fetch();
        expect(progress.caughtUpAt).toBe(time);
      }),
    );
  });
});
