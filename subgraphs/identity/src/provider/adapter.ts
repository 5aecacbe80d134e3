import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { ProviderRecords } from '../records/records.ts';

/** How long what has no end of its own is kept, in milliseconds. */
const ENDLESS_MS = 10 * 365 * 86_400_000;

/** The store of the provider's library: one adapter for each kind of thing it stores. */
export function createAdapters(
  records: ProviderRecords,
  options: {
    /** Someone else used the code or token at the same moment. */
    alreadyUsed(): Error;
    onGrantRemoved(grantId: string): Promise<void>;
    clock?: () => number;
  },
): (kind: string) => Adapter {
  const { clock = Date.now } = options;
  const removeGrant = async (grantId: string) => {
    await records.removeGrant(grantId);
    await options.onGrantRemoved(grantId);
  };
  const payloadOf = (record: Awaited<ReturnType<ProviderRecords['find']>>) =>
    record
      ? ({
          ...record.payload,
          ...(record.consumedAt !== null && { consumed: Math.floor(record.consumedAt / 1_000) }),
        } as AdapterPayload)
      : undefined;
  return (kind) => ({
    async upsert(id, payload, expiresInS) {
      const expiresAt = clock() + (expiresInS ? expiresInS * 1_000 : ENDLESS_MS);
      const { consumed: _, ...rest } = payload;
      // Without members that are undefined, which JSON does not have.
      await records.put({ kind, id }, { payload: JSON.parse(JSON.stringify(rest)), expiresAt });
    },
    find: async (id) => payloadOf(await records.find({ kind, id }, clock())),
    findByUid: async (uid) => payloadOf(await records.findByUid(kind, uid, clock())),
    findByUserCode: async (userCode) => payloadOf(await records.findByUserCode(kind, userCode, clock())),
    async consume(id) {
      if (!(await records.consume({ kind, id }, clock()))) throw options.alreadyUsed();
    },
    destroy: (id) => (kind === 'Grant' ? removeGrant(id) : records.remove({ kind, id })),
    revokeByGrantId: removeGrant,
  });
}
