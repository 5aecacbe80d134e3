import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { ProviderRecord, ProviderRecords } from '../records/records.ts';
import { alreadyUsed } from './already-used.ts';

/** How long what has no end of its own is kept, in milliseconds. */
const ENDLESS_MS = 10 * 365 * 86_400_000;

/** The store of the provider's library: one adapter for each kind of thing it stores. */
export function createAdapters(
  records: ProviderRecords,
  options: {
    /** Ends everything that was given with a grant. */
    removeGrant(grantId: string): Promise<void>;
    clock?: () => number;
  },
): (kind: string) => Adapter {
  const { clock = Date.now, removeGrant } = options;
  return (kind) => ({
    async upsert(id, payload, expiresInS) {
      await records.put(
        { kind, id },
        { payload: storable(payload), expiresAt: expiryOf(expiresInS, clock()) },
      );
    },
    find: async (id) => payloadOf(await records.find({ kind, id }, clock())),
    findByUid: async (uid) => payloadOf(await records.findByUid(kind, uid, clock())),
    findByUserCode: async (userCode) => payloadOf(await records.findByUserCode(kind, userCode, clock())),
    async consume(id) {
      if (!(await records.consume({ kind, id }, clock()))) throw await alreadyUsed();
    },
    destroy: (id) => (kind === 'Grant' ? removeGrant(id) : records.remove({ kind, id })),
    revokeByGrantId: removeGrant,
  });
}

/** What the library takes for a record. */
export function payloadOf(record: ProviderRecord | null): AdapterPayload | undefined {
  if (!record) return undefined;
  const { payload, consumedAt } = record;
  return { ...payload, ...(consumedAt !== null && { consumed: Math.floor(consumedAt / 1_000) }) };
}

/** What is stored of what the library has: without members that are undefined, which JSON does not have. */
export function storable({ consumed: _, ...payload }: AdapterPayload): ProviderRecord['payload'] {
  return JSON.parse(JSON.stringify(payload));
}

/** In milliseconds since 1970. */
export function expiryOf(expiresInS: number | undefined, now: number): number {
  return now + (expiresInS ? expiresInS * 1_000 : ENDLESS_MS);
}
