import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Stores } from '../stores.ts';

/** The guarantees of {@link import('./devices.ts').Devices}. */
export function devicesCompliance(stores: Stores): void {
  it('notes where an account is signed in and when it was last seen there', async () => {
    const accountId = randomUUID();
    const tv = { id: randomUUID(), accountId, clientId: 'page', name: 'TV', address: '192.0.2.1' };
    const phone = { ...tv, id: randomUUID(), name: 'Phone' };
    await Promise.all([1, 2].map(() => stores.devices.seen(tv, new Date(1_000))));
    await stores.devices.seen(phone, new Date(2_000));
    expect((await stores.devices.listOf(accountId)).map(({ name }) => name)).toEqual(['Phone', 'TV']);
    await stores.devices.seen({ ...tv, name: 'Else', address: '192.0.2.9' }, new Date(3_000));
    expect(await stores.devices.find(tv.id)).toEqual({
      ...tv,
      address: '192.0.2.9',
      createdAt: new Date(1_000),
      lastSeenAt: new Date(3_000),
      profileId: null,
    });
    expect((await stores.devices.listOf(accountId)).map(({ name }) => name)).toEqual(['TV', 'Phone']);
    expect(await stores.devices.choose(tv.id, 'kids')).toBe(true);
    await stores.devices.seen(tv, new Date(4_000));
    expect((await stores.devices.find(tv.id))?.profileId).toBe('kids');
    expect((await stores.devices.find(phone.id))?.profileId).toBeNull();
    expect(await stores.devices.choose('gone', 'kids')).toBe(false);
    expect(await stores.devices.remove(tv.id)).toBe(true);
    expect(await stores.devices.remove(tv.id)).toBe(false);
    expect(await stores.devices.find(tv.id)).toBeNull();
  });
}
