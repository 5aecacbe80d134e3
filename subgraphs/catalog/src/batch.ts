/** Resolves one key; keys asked for in the same tick are fetched together, and each key once in the batch's life. */
export type Load<K, V> = (key: K) => Promise<V>;

/**
 * Collects the keys that the resolvers of one request ask for into one fetch. Made anew for each
 * request, so that nobody sees what was fetched for someone else, or earlier.
 */
export function createBatch<K, V>(
  fetch: (keys: readonly K[]) => Promise<ReadonlyMap<K, V>>,
  missing: V,
): Load<K, V> {
  const known = new Map<K, Promise<V>>();
  let collecting: { keys: K[]; result: Promise<ReadonlyMap<K, V>> } | null = null;
  const join = (key: K): Promise<ReadonlyMap<K, V>> => {
    if (collecting === null) {
      const keys: K[] = [];
      // After the promise jobs of this tick: a resolver may ask only once another one's promise is fulfilled.
      const ready = new Promise<void>((resolve) => Promise.resolve().then(() => process.nextTick(resolve)));
      const result = ready.then(() => {
        collecting = null;
        return fetch(keys);
      });
      collecting = { keys, result };
    }
    collecting.keys.push(key);
    return collecting.result;
  };
  return (key) => {
    const before = known.get(key);
    if (before) return before;
    const value = join(key).then((values) => values.get(key) ?? missing);
    known.set(key, value);
    return value;
  };
}
