import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Stores } from '../stores.ts';

/** The guarantees of {@link import('./records.ts').ProviderRecords}. */
export function recordsCompliance(stores: Stores): void {
  const { records } = stores;
  const NOW = 1_000;
  const put = async (kind: string, payload: Record<string, unknown> = {}, expiresAt = 2_000) => {
    const key = { kind, id: randomUUID() };
    await records.put(key, { payload: { jti: key.id, ...payload }, expiresAt });
    return key;
  };

  it('gives back what was stored, the last of it, until it expires', async () => {
    const key = await put('Session', { list: [1, { deep: null }], text: 'é' });
    const stored = { payload: { jti: key.id, list: [1, { deep: null }], text: 'é' }, expiresAt: 2_000 };
    expect(await records.find(key, NOW)).toEqual({ ...stored, consumedAt: null });
    await records.put(key, { payload: { jti: key.id, other: true }, expiresAt: 3_000 });
    expect((await records.find(key, 2_000))?.payload).toEqual({ jti: key.id, other: true });
    expect(await records.find(key, 3_000)).toBeNull();
    expect(await records.find({ ...key, kind: 'Grant' }, NOW)).toBeNull();
  });

  it('gives a refresh token back by what it is presented as', async () => {
    const key = await put('RefreshToken', { accountId: 'a' });
    expect((await records.find(key, NOW))?.payload).toEqual({ jti: key.id, accountId: 'a' });
  });

  it('finds sessions by uid, and device codes by user code', async () => {
    const [uid, userCode] = [randomUUID(), randomUUID()];
    const session = await put('Session', { uid });
    const code = await put('DeviceCode', { userCode });
    expect((await records.findByUid('Session', uid, NOW))?.payload.jti).toBe(session.id);
    expect((await records.findByUserCode('DeviceCode', userCode, NOW))?.payload.jti).toBe(code.id);
    expect(await records.findByUid('Interaction', uid, NOW)).toBeNull();
    expect(await records.findByUserCode('DeviceCode', userCode, 2_000)).toBeNull();
    expect(await records.findByUserCode('DeviceCode', uid, NOW)).toBeNull();
  });

  it('lets one of many consume, and remembers it when the rest is stored again', async () => {
    const key = await put('AuthorizationCode');
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => records.consume(key, NOW)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    await records.put(key, { payload: { jti: key.id }, expiresAt: 2_000 });
    expect((await records.find(key, NOW))?.consumedAt).toBe(NOW);
    expect(await records.consume({ kind: 'AuthorizationCode', id: 'none' }, NOW)).toBe(false);
  });

  it('removes one, those of a grant, those of an account, and what has expired', async () => {
    const accountId = randomUUID();
    const grant = await put('Grant', { accountId });
    const token = await put('RefreshToken', { accountId, grantId: grant.id });
    const session = await put('Session', { accountId });
    const other = await put('Session', { accountId: randomUUID() });
    const isThere = async (key: typeof grant) => (await records.find(key, NOW)) !== null;
    await records.removeGrant(grant.id);
    expect([await isThere(grant), await isThere(token), await isThere(session)]).toEqual([
      false,
      false,
      true,
    ]);
    const given = await put('Session', { accountId, authorizations: { page: { grantId: 'given' } } });
    await records.removeSessionsOf(accountId, 'given');
    expect([await isThere(session), await isThere(given)]).toEqual([true, false]);
    await records.removeAccount(accountId);
    expect([await isThere(session), await isThere(other)]).toEqual([false, true]);
    await records.remove(other);
    expect(await isThere(other)).toBe(false);
    await put('Session', {}, 10);
    expect(await records.prune(10)).toBe(1);
    expect(await records.prune(10)).toBe(0);
  });
}
