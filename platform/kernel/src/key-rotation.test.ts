import { expect, it } from 'vitest';
import { planRotation } from './key-rotation.ts';

const HOUR = 3_600_000;
const policy = { periodMs: 24 * HOUR, leadMs: HOUR, overlapMs: 2 * HOUR };

it('always leaves a key that signs', () => {
  for (let age = 0; age < 100; age += 1) {
    const some = [{ createdAt: 0 }, { createdAt: 23 * HOUR }];
    const plan = planRotation(some, age * HOUR, policy);
    expect(plan.keep).toContain(plan.signer);
  }
});
