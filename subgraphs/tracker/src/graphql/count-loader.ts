/** Most ids of one read; more are read in several, side by side. */
const MAX_BATCH = 500;

export interface CountLoader {
  /** How many connected peers have the title. */
  load(catalogId: string): Promise<number>;
}

/** Gathers what one request asks for, however many representations ask, and reads it in one round trip. */
export function createCountLoader(
  countPeers: (catalogIds: readonly string[]) => Promise<number[]>,
): CountLoader {
  const known = new Map<string, Promise<number>>();
  let waiting: { id: string; resolve(count: number): void; reject(error: unknown): void }[] = [];

  const flush = () => {
    const all = waiting;
    waiting = [];
    for (let start = 0; start < all.length; start += MAX_BATCH) {
      const batch = all.slice(start, start + MAX_BATCH);
      countPeers(batch.map(({ id }) => id)).then(
        (counts) => {
          for (const [index, { resolve }] of batch.entries()) resolve(counts[index] ?? 0);
        },
        (error) => {
          for (const { reject } of batch) reject(error);
        },
      );
    }
  };
  return {
    load(id) {
      let count = known.get(id);
      if (!count) {
        // After the current turn and the promises it settled, by when every sibling field has asked.
        if (waiting.length === 0) setImmediate(flush);
        count = new Promise((resolve, reject) => waiting.push({ id, resolve, reject }));
        known.set(id, count);
      }
      return count;
    },
  };
}
