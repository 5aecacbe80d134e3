import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Stores } from '../stores.ts';

/** The guarantees of {@link import('./pending.ts').PendingChanges}. */
export function pendingChangesCompliance(stores: Stores): void {
  it('keeps what is to be published, in order, whatever becomes of the account', async () => {
    const { pendingChanges: pending } = stores;
    const accountId = randomUUID();
    const notedAt = Date.now();
    const first = { id: '1', accountId, deviceId: 'd', change: 'revoked' as const, notedAt };
    const second = { id: '2', accountId, deviceId: null, change: 'closed' as const, notedAt };
    await pending.note(second);
    await pending.note(first);
    await stores.records.removeAccount(accountId);
    await stores.records.removeGrant('d');
    await stores.records.prune(notedAt);
    await pending.done(first, notedAt + 5);
    expect(await pending.list(10)).toEqual([
      { ...first, doneAt: notedAt + 5 },
      { ...second, doneAt: null },
    ]);
    expect(await pending.list(1)).toHaveLength(1);
    await pending.remove('1');
    await pending.remove('1');
    expect((await pending.list(10)).map(({ id }) => id)).toEqual(['2']);
  });
}
