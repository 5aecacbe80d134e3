import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyedQueue } from './keyed-queue.ts';

describe('the keyed queue', () => {
  it('keeps the order of each key and the limit of concurrency, however long tasks take', async () => {
    const task = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), turns: fc.nat(5) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(task, { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        async (tasks, limit) => {
          const queue = createKeyedQueue({ concurrency: limit });
          const finished: Record<string, number[]> = {};
          const running = new Set<string>();
          let most = 0;
          for (const [index, { key, turns }] of tasks.entries())
            queue.push(key, async () => {
              expect(running.has(key)).toBe(false);
              running.add(key);
              most = Math.max(most, running.size);
              for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
              running.delete(key);
              finished[key] = [...(finished[key] ?? []), index];
            });
          await queue.idle();
          expect(queue.size).toBe(0);
          expect(most).toBeLessThanOrEqual(limit);
          expect(Object.values(finished).flat()).toHaveLength(tasks.length);
          for (const indexes of Object.values(finished))
            expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('does not let one key with much to do keep the others out', async () => {
    const queue = createKeyedQueue({ concurrency: 1 });
    const order: string[] = [];
    for (let n = 0; n < 5; n += 1) queue.push('busy', async () => void order.push('busy'));
    queue.push('other', async () => void order.push('other'));
    await queue.idle();
    expect(order.indexOf('other')).toBeLessThan(3);
  });

  it('takes tasks pushed by tasks', async () => {
    const queue = createKeyedQueue({ concurrency: 2 });
    const done: number[] = [];
    queue.push('a', async () => {
      queue.push('a', async () => void done.push(2));
      done.push(1);
    });
    await queue.idle();
    expect(done).toEqual([1, 2]);
  });
});
