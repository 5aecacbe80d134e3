import { describe, expect, it } from 'vitest';
import { sharedSecretProblem } from './shared-secret.ts';

describe('a secret of HS256', () => {
  it.each([
    ['', false],
    ['x'.repeat(31), false],
    ['x'.repeat(32), true],
    // Sixteen letters of two bytes each.
    ['ü'.repeat(16), true],
    ['ü'.repeat(15), false],
    ['default-secret-change-in-production', false],
  ])('%j: good %s', (secret, good) => {
    expect(sharedSecretProblem(secret) === null).toBe(good);
  });

  it('is not repeated in what is wrong with it', () => {
    expect(sharedSecretProblem('hunter2')).not.toContain('hunter2');
  });
});
