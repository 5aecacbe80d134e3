import { UnavailableError } from '@giggityflix/kernel';
import { describe, expect, it } from 'vitest';
import { createPasswords, passwordProblem } from './passwords.ts';

describe('passwords', () => {
  it('match their own hash, however their letters are composed, and no other', async () => {
    const passwords = createPasswords();
    const hash = await passwords.hash('Zoë im Wald');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.matches(hash, 'Zoe\u0308 im Wald')).toBe(true);
    expect(await passwords.matches(hash, 'zoë im wald')).toBe(false);
    expect(await passwords.matches(null, 'zoë im wald')).toBe(false);
  });

  it('turn back a flood instead of queueing it', async () => {
    const passwords = createPasswords();
    const results = await Promise.allSettled(
      Array.from({ length: 80 }, () => passwords.matches(null, 'a password')),
    );
    const refused = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused).toHaveLength(80 - 2 - 64);
    expect(refused.every((reason) => reason instanceof UnavailableError)).toBe(true);
    expect(await passwords.matches(null, 'later')).toBe(false);
  });

  it('say what is wrong with them', () => {
    expect(passwordProblem('correct horse battery', 'anna')).toBeNull();
    expect(passwordProblem('short', 'anna')).toContain('at least 10');
    expect(passwordProblem('aaaaaaaaaaaa', 'anna')).toContain('repeats');
    expect(passwordProblem('Annabelle-12345', 'annabelle')).toContain('contains the name');
    expect(passwordProblem('x'.repeat(10_000_000), 'anna')).toContain('at most');
  });
});
