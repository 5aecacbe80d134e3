import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { newAccount } from '../../testing/people.ts';
import { PLAIN } from '../profiles/profile.ts';
import type { Stores } from '../stores.ts';

/** The guarantees of {@link import('./renewals.ts').Renewals}. */
export function renewalsCompliance(stores: Stores): void {
  const { renewals, records, devices, profiles } = stores;
  const NOW = 1_000;
  const newToken = async () => {
    const account = await newAccount(stores, { libraries: ['films'] });
    const [accountId, grantId, sessionUid] = [account.id, randomUUID(), randomUUID()];
    const tokenId = randomUUID();
    const put = (kind: string, id: string, payload: object, expiresAt = 2_000) =>
      records.put({ kind, id }, { payload: { jti: id, accountId, ...payload }, expiresAt });
    await put('RefreshToken', tokenId, { grantId, sessionUid, scope: 'openid' });
    return { account, tokenId, grantId, sessionUid, put };
  };
  const rotated = (tokenId: string, grantId: string, more: object = {}) => {
    const id = randomUUID();
    const next = { id, payload: { jti: id, grantId }, expiresAt: 3_000 };
    return { id, done: renewals.rotate({ tokenId, next, seen: null, now: NOW, ...more }) };
  };

  it('gives all that a renewal depends on, and null for what is not there', async () => {
    const { account, tokenId, grantId, sessionUid, put } = await newToken();
    const token = { jti: tokenId, accountId: account.id, grantId, sessionUid, scope: 'openid' };
    expect(await renewals.find(tokenId, NOW)).toEqual({
      token: { payload: token, expiresAt: 2_000, consumedAt: null },
      grant: null,
      session: null,
      account,
      device: null,
      profiles: [],
    });
    await put('Grant', grantId, { openid: { scope: 'openid' } }, 5_000);
    await put('Session', 'old'.concat(sessionUid), { uid: sessionUid }, NOW);
    await put('Session', sessionUid, { uid: sessionUid });
    const device = { id: grantId, accountId: account.id, clientId: 'page', name: 'TV', address: '192.0.2.1' };
    await devices.seen(device, new Date(1_500));
    await profiles.listOf(account, new Date());
    const hours = { from: '08:00', until: '20:00', timeZone: 'Europe/Berlin' };
    const kid = { ...PLAIN, name: 'Kid', isKid: true, ratingLimit: 6, hours };
    await profiles.create(account.id, kid, new Date());
    const [first, second] = await profiles.listOf(account, new Date());
    await devices.choose(grantId, second!.id);
    const found = await renewals.find(tokenId, NOW);
    expect(found?.grant).toMatchObject({ payload: { openid: { scope: 'openid' } }, expiresAt: 5_000 });
    expect(found?.session?.payload.jti).toBe(sessionUid);
    expect(found?.device).toEqual(await devices.find(grantId));
    expect(found?.profiles).toEqual([
      { id: first!.id, isKid: false, ratingLimit: null, hours: null },
      { id: second!.id, isKid: true, ratingLimit: 6, hours },
    ]);
  });

  it('finds none that was not given, or has expired', async () => {
    const { tokenId } = await newToken();
    expect(await renewals.find('none', NOW)).toBeNull();
    expect(await renewals.find(tokenId, 2_000)).toBeNull();
  });

  it('replaces a token for one of many, and notes where its device was seen', async () => {
    const { account, tokenId, grantId } = await newToken();
    const device = { id: grantId, accountId: account.id, clientId: 'page', name: 'TV', address: '192.0.2.1' };
    await devices.seen(device, new Date(500));
    const seen = { deviceId: grantId, address: '192.0.2.9' };
    const attempts = Array.from({ length: 5 }, () => rotated(tokenId, grantId, { seen }));
    const outcomes = await Promise.all(attempts.map(({ done }) => done));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect((await renewals.find(tokenId, NOW))?.token.consumedAt).toBe(NOW);
    const stored = await Promise.all(
      attempts.map(({ id }) => records.find({ kind: 'RefreshToken', id }, NOW)),
    );
    expect(stored.map((each) => each !== null)).toEqual(outcomes);
    expect(stored[outcomes.indexOf(true)]).toMatchObject({ payload: { grantId }, expiresAt: 3_000 });
    expect(await devices.find(grantId)).toMatchObject({
      address: '192.0.2.9',
      lastSeenAt: new Date(NOW),
      createdAt: new Date(500),
    });
  });

  it('stores nothing for a token that was taken back', async () => {
    const { tokenId, grantId } = await newToken();
    await records.removeGrant(grantId);
    const { id, done } = rotated(tokenId, grantId);
    expect(await done).toBe(false);
    expect(await records.find({ kind: 'RefreshToken', id }, NOW)).toBeNull();
  });
}
