import { describe, expect, it } from 'vitest';
import { PARTITIONS, partitionOf } from './store.ts';

describe('the partition of a key', () => {
  it('is spread evenly over ids that differ little', () => {
    const counts = Array<number>(PARTITIONS).fill(0);
    for (let n = 0; n < 16_000; n += 1) counts[partitionOf(`peer-${n}`)]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(800);
    expect(Math.max(...counts)).toBeLessThan(1_200);
  });

  it('never changes, as the order of a file written earlier depends on it', () => {
    expect(['peer-1', 'peer-2', 'ü', '', null].map(partitionOf)).toMatchInlineSnapshot(`
      [
        7,
        10,
        0,
        9,
        0,
      ]
    `);
  });
});
