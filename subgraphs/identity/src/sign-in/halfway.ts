import type { ProviderRecords } from '../records/records.ts';

const KIND = 'HalfwaySignIn';
/** How long someone may look for a code after the password, in milliseconds. */
const LIFETIME_MS = 10 * 60_000;

/** Who gave the right password in an interaction, and still owes a code. An interaction is of one browser, by its cookie. */
export interface HalfwaySignIns {
  put(uid: string, accountId: string): Promise<void>;
  find(uid: string): Promise<string | null>;
  remove(uid: string): Promise<void>;
}

export function createHalfwaySignIns(
  records: ProviderRecords,
  clock: () => number = Date.now,
): HalfwaySignIns {
  const keyOf = (uid: string) => ({ kind: KIND, id: uid });
  return {
    put: (uid, waiting) =>
      records.put(keyOf(uid), { payload: { waiting }, expiresAt: clock() + LIFETIME_MS }),
    async find(uid) {
      const record = await records.find(keyOf(uid), clock());
      return record ? (record.payload.waiting as string) : null;
    },
    remove: (uid) => records.remove(keyOf(uid)),
  };
}
