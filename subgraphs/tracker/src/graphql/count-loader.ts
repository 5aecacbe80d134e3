import { createLoader, type Load } from '@giggityflix/graphql';

/** Most ids of one read; more are read in several, side by side. */
const MAX_BATCH = 500;

export interface CountLoader {
  /** How many connected peers have the file. */
  load: Load<string, number>;
}

/** Gathers what one request asks for, however many representations ask, and reads it in one round trip. */
export function createCountLoader(
  countPeers: (catalogIds: readonly string[]) => Promise<number[]>,
): CountLoader {
  return {
    load: createLoader({
      async read(ids) {
        const counts = await countPeers(ids);
        return new Map(ids.map((id, index) => [id, counts[index] ?? 0]));
      },
      missing: 0,
      maxBatchSize: MAX_BATCH,
    }),
  };
}
