import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { newAccount } from '../../testing/people.ts';
import type { Stores } from '../stores.ts';
import type { Passkey } from './credentials.ts';

/** The guarantees of {@link import('./credentials.ts').Credentials}. */
export function credentialsCompliance(stores: Stores): void {
  const passkeyOf = (accountId: string, more: Partial<Passkey> = {}) => ({
    id: randomUUID(),
    accountId,
    publicKey: new Uint8Array([1, 2, 255]),
    counter: 0,
    transports: ['internal', 'hybrid'],
    name: 'Phone',
    createdAt: new Date(1_000),
    ...more,
  });

  it('has one password of an account, the last one set', async () => {
    const { id } = await newAccount(stores, { passwordHash: 'first' });
    expect(await stores.credentials.passwordHash(id)).toBe('first');
    await stores.credentials.setPassword(id, 'second', new Date());
    expect(await stores.credentials.passwordHash(id)).toBe('second');
    expect(await stores.credentials.passwordHash('nobody')).toBeNull();
  });

  it('finds passkeys by id and by account, and takes none twice', async () => {
    const [account, other] = [await newAccount(stores), await newAccount(stores)];
    const passkey = passkeyOf(account.id);
    expect(await stores.credentials.addPasskey(passkey)).toBe(true);
    expect(await stores.credentials.addPasskey({ ...passkey, accountId: other.id })).toBe(false);
    const found = await stores.credentials.findPasskey(passkey.id);
    expect(found && { ...found, publicKey: [...found.publicKey] }).toEqual({
      ...passkey,
      publicKey: [1, 2, 255],
      lastUsedAt: null,
    });
    expect((await stores.credentials.passkeysOf(account.id)).map(({ id }) => id)).toEqual([passkey.id]);
    expect(await stores.credentials.passkeysOf(other.id)).toEqual([]);
  });

  it('refuses a counter that does not grow, unless the authenticator does not count', async () => {
    const { id: accountId } = await newAccount(stores);
    const [counting, other] = [passkeyOf(accountId, { counter: 5 }), passkeyOf(accountId)];
    for (const each of [counting, other]) await stores.credentials.addPasskey(each);
    const at = new Date(2_000);
    const uses = await Promise.all(
      [6, 6].map((count) => stores.credentials.usePasskey(counting.id, count, at)),
    );
    expect(uses.sort()).toEqual([false, true]);
    expect(await stores.credentials.usePasskey(counting.id, 5, at)).toBe(false);
    expect(await stores.credentials.usePasskey(counting.id, 0, at)).toBe(false);
    expect(await stores.credentials.usePasskey(other.id, 0, at)).toBe(true);
    expect(await stores.credentials.usePasskey(other.id, 0, at)).toBe(true);
    expect((await stores.credentials.findPasskey(other.id))?.lastUsedAt).toEqual(at);
  });

  it('renames a passkey of its own account alone', async () => {
    const [account, other] = [await newAccount(stores), await newAccount(stores)];
    const passkey = passkeyOf(account.id);
    await stores.credentials.addPasskey(passkey);
    expect(await stores.credentials.renamePasskey(other.id, passkey.id, 'Mine')).toBe(false);
    expect(await stores.credentials.renamePasskey(account.id, passkey.id, 'Laptop')).toBe(true);
    expect((await stores.credentials.findPasskey(passkey.id))?.name).toBe('Laptop');
  });

  it('removes a passkey of its own account alone, and never the last thing to sign in with', async () => {
    const [account, other] = [await newAccount(stores), await newAccount(stores)];
    const passkey = passkeyOf(account.id);
    await stores.credentials.addPasskey(passkey);
    expect(await stores.credentials.removePasskey(other.id, passkey.id)).toBe(false);
    expect(await stores.credentials.removePasskey(account.id, passkey.id)).toBe(true);
    expect(await stores.credentials.findPasskey(passkey.id)).toBeNull();
    const alone = [passkeyOf('without-password'), passkeyOf('without-password')];
    for (const each of alone) await stores.credentials.addPasskey(each);
    const removed = await Promise.all(
      alone.map(({ id }) => stores.credentials.removePasskey('without-password', id)),
    );
    expect(removed.sort()).toEqual([false, true]);
  });
}
