import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Stores } from '../stores.ts';

/** The guarantees of {@link import('./audit.ts').AuditLog}. */
export function auditCompliance(stores: Stores): void {
  it('keeps what happened, the newest first, of one account or of all, until it is old', async () => {
    const accountId = randomUUID();
    const entry = (n: number, more = {}) => ({
      at: new Date(n * 1_000),
      action: 'signed_in' as const,
      accountId,
      address: '192.0.2.1',
      details: { by: 'passkey', n, known: null },
      ...more,
    });
    for (const n of [1, 2, 3]) await stores.audit.record(entry(n));
    await stores.audit.record(entry(4, { accountId: null }));
    const numbers = async (query: Partial<Parameters<typeof stores.audit.list>[0]>) =>
      (await stores.audit.list({ accountId: null, first: 10, before: null, ...query })).map(
        ({ details }) => details.n,
      );
    expect(await numbers({})).toEqual([4, 3, 2, 1]);
    expect(await numbers({ accountId })).toEqual([3, 2, 1]);
    const [newest] = await stores.audit.list({ accountId, first: 1, before: null });
    expect(newest).toMatchObject(entry(3));
    expect(await numbers({ accountId, before: newest!.id })).toEqual([2, 1]);
    expect(await stores.audit.prune(new Date(3_000))).toBe(2);
    expect(await numbers({})).toEqual([4, 3]);
  });
}
