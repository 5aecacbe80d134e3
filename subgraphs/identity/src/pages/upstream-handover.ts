import type { ProviderRecords } from '../records/records.ts';

const KIND = 'UpstreamSignIn';
const LIFETIME_MS = 60_000;

/** Whom another provider signed in for an interaction, until the interaction takes it, once. */
export interface UpstreamHandover {
  put(interaction: string, accountId: string): Promise<void>;
  take(interaction: string): Promise<string | null>;
}

export function createUpstreamHandover(
  records: ProviderRecords,
  clock: () => number = Date.now,
): UpstreamHandover {
  const keyOf = (interaction: string) => ({ kind: KIND, id: interaction });
  return {
    put: (interaction, signedIn) =>
      records.put(keyOf(interaction), { payload: { signedIn }, expiresAt: clock() + LIFETIME_MS }),
    async take(interaction) {
      const record = await records.find(keyOf(interaction), clock());
      if (!record || !(await records.consume(keyOf(interaction), clock()))) return null;
      await records.remove(keyOf(interaction));
      return record.payload.signedIn as string;
    },
  };
}
