import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Stores } from '../stores.ts';

/** The guarantees of {@link import('./factors.ts').Factors}. */
export function factorsCompliance({ factors }: Stores): void {
  const newOne = (accountId: string = randomUUID()) => ({
    accountId,
    secret: 'sealed',
    lastStep: 100,
    createdAt: new Date(1_000),
  });

  it('has one authenticator of an account, the last one set, with the codes that came with it', async () => {
    const first = newOne();
    await factors.setAuthenticator(first, ['a', 'b']);
    expect(await factors.authenticator(first.accountId)).toEqual(first);
    const second = { ...first, secret: 'other', lastStep: 7 };
    await factors.setAuthenticator(second, ['c']);
    expect(await factors.authenticator(first.accountId)).toEqual(second);
    expect(await factors.recoveryCodesLeft(first.accountId)).toBe(1);
    expect(await factors.useRecoveryCode(first.accountId, 'a', new Date())).toBe(false);
    expect(await factors.authenticator(randomUUID())).toBeNull();
  });

  it('takes each time step once, and none before it, however many ask at once', async () => {
    const one = newOne();
    await factors.setAuthenticator(one, []);
    const uses = await Promise.all(Array.from({ length: 5 }, () => factors.useStep(one.accountId, 101)));
    expect(uses.filter(Boolean)).toHaveLength(1);
    expect(await factors.useStep(one.accountId, 100)).toBe(false);
    expect(await factors.useStep(one.accountId, 102)).toBe(true);
    expect(await factors.useStep(randomUUID(), 102)).toBe(false);
  });

  it('takes each recovery code once, of its own account alone', async () => {
    const [one, other] = [newOne(), newOne()];
    await factors.setAuthenticator(one, ['x', 'y']);
    await factors.setAuthenticator(other, ['z']);
    expect(await factors.useRecoveryCode(other.accountId, 'x', new Date())).toBe(false);
    const uses = await Promise.all(
      Array.from({ length: 5 }, () => factors.useRecoveryCode(one.accountId, 'x', new Date())),
    );
    expect(uses.filter(Boolean)).toHaveLength(1);
    expect(await factors.recoveryCodesLeft(one.accountId)).toBe(1);
    await factors.setRecoveryCodes(one.accountId, ['p', 'q', 'r'], new Date());
    expect(await factors.recoveryCodesLeft(one.accountId)).toBe(3);
    expect(await factors.useRecoveryCode(one.accountId, 'y', new Date())).toBe(false);
  });

  it('removes an authenticator with its codes', async () => {
    const one = newOne();
    await factors.setAuthenticator(one, ['x']);
    expect(await factors.removeAuthenticator(one.accountId)).toBe(true);
    expect(await factors.removeAuthenticator(one.accountId)).toBe(false);
    expect(await factors.authenticator(one.accountId)).toBeNull();
    expect(await factors.recoveryCodesLeft(one.accountId)).toBe(0);
  });
}
