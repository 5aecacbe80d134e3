import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Stores } from '../stores.ts';
import { MAX_PROFILES, PLAIN, type ProfileValues } from './profile.ts';

/** The guarantees of {@link import('./profiles.ts').Profiles}. */
export function profilesCompliance(stores: Stores): void {
  const { profiles, devices } = stores;
  const at = new Date(1_700_000_000_000);
  const later = new Date(at.getTime() + 1_000);
  const newAccount = () => ({ id: randomUUID(), name: 'Anna' });
  const kid: ProfileValues = {
    name: 'Zoë',
    picture: 'fox',
    isKid: true,
    ratingLimit: 6,
    hours: { from: '07:30', until: '19:00', timeZone: 'Europe/Berlin' },
    pinHash: 'hash',
    audioLanguages: ['de', 'en'],
    subtitleLanguages: ['en'],
  };

  it('gives an account its first profile, once, named as the account', async () => {
    const account = newAccount();
    const lists = await Promise.all([1, 2, 3].map(() => profiles.listOf(account, at)));
    const [first] = lists[0]!;
    expect(first).toEqual({
      ...PLAIN,
      id: first!.id,
      accountId: account.id,
      name: 'Anna',
      createdAt: at,
      changedAt: at,
    });
    for (const list of lists) expect(list).toEqual([first]);
    expect(await profiles.find(first!.id)).toEqual(first);
    expect(await profiles.listOf({ ...account, name: 'Renamed' }, later)).toEqual([first]);
    expect(await profiles.find('nobody')).toBeNull();
  });

  it('keeps what it is given, and changes what it is asked to', async () => {
    const account = newAccount();
    const [first] = await profiles.listOf(account, at);
    const created = await profiles.create(account.id, kid, at);
    if (created.outcome !== 'created') throw new Error(created.outcome);
    const { profile } = created;
    expect(profile).toMatchObject({ ...kid, accountId: account.id, createdAt: at });
    const change = { hours: null, ratingLimit: null, pinHash: null, audioLanguages: [] };
    const changed = { ...profile, ...change, changedAt: later };
    expect(await profiles.update(profile.id, change, later)).toEqual({
      outcome: 'updated',
      profile: changed,
    });
    expect(await profiles.listOf(account, later)).toEqual([first, changed]);
    expect(await profiles.update('nobody', { name: 'x' }, later)).toEqual({ outcome: 'unknown' });
  });

  it('has a bounded number for each account, also when many are made at once', async () => {
    const account = newAccount();
    await profiles.listOf(account, at);
    const outcomes = await Promise.all(
      Array.from({ length: MAX_PROFILES + 3 }, () => profiles.create(account.id, kid, at)),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'created')).toHaveLength(MAX_PROFILES - 1);
    const all = await profiles.listOf(account, at);
    expect(all).toHaveLength(MAX_PROFILES);
    expect(await profiles.remove(all[5]!.id)).toBe('removed');
    expect((await profiles.create(account.id, kid, at)).outcome).toBe('created');
    expect((await profiles.create(account.id, kid, at)).outcome).toBe('too_many');
  });

  it('keeps one, also when the last two are removed at once, and devices forget a profile that is gone', async () => {
    const account = newAccount();
    await profiles.listOf(account, at);
    await profiles.create(account.id, { ...kid, isKid: false }, at);
    const both = await profiles.listOf(account, at);
    const device = { accountId: account.id, clientId: 'page', name: 'TV', address: '192.0.2.1' };
    const chosen = await Promise.all(
      both.map(async ({ id: profileId }) => {
        const id = randomUUID();
        await devices.seen({ ...device, id }, at);
        await devices.choose(id, profileId);
        return { id, profileId };
      }),
    );
    const outcomes = await Promise.all(both.map(({ id }) => profiles.remove(id)));
    expect([...outcomes].sort()).toEqual(['last', 'removed']);
    const [left] = await profiles.listOf(account, at);
    expect(left!.id).toBe(both[outcomes.indexOf('last')]!.id);
    for (const { id, profileId } of chosen)
      expect((await devices.find(id))?.profileId).toBe(profileId === left!.id ? profileId : null);
    expect(await profiles.remove(left!.id)).toBe('last');
    expect(await profiles.remove('nobody')).toBe('unknown');
  });

  it('keeps one that is no kid’s', async () => {
    const account = newAccount();
    const [adult] = await profiles.listOf(account, at);
    const created = await profiles.create(account.id, kid, at);
    if (created.outcome !== 'created') throw new Error(created.outcome);
    expect(await profiles.update(adult!.id, { isKid: true }, later)).toEqual({ outcome: 'last' });
    expect(await profiles.remove(adult!.id)).toBe('last');
    expect(await profiles.find(adult!.id)).toEqual(adult);
    expect(await profiles.remove(created.profile.id)).toBe('removed');
  });
}
