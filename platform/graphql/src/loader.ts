import DataLoader from 'dataloader';

/** Resolves one key; keys asked for in the same tick are read together. */
export type Load<K, V> = (key: K) => Promise<V>;

export interface LoaderOptions<K, V> {
  /** Reads keys, each given once; those it does not find are `missing`. */
  read(keys: readonly K[]): Promise<ReadonlyMap<K, V>>;
  missing: V;
  /** Most keys of one read; more are read in several, side by side. No limit by default. */
  maxBatchSize?: number;
  /** Whether a key is read once in the loader's life (the default), or anew by each tick that asks for it. */
  remembers?: boolean;
}

/**
 * Collects the keys that the resolvers of one request ask for into one read. Made anew for each request, so that
 * nobody sees what was read for someone else, or earlier.
 */
export function createLoader<K, V>(options: LoaderOptions<K, V>): Load<K, V> {
  const { read, missing, maxBatchSize, remembers = true } = options;
  const loader = new DataLoader<K, V>(
    async (keys) => {
      const values = await read(remembers ? keys : [...new Set(keys)]);
      return keys.map((key) => values.get(key) ?? missing);
    },
    { cache: remembers, ...(maxBatchSize && { maxBatchSize }) },
  );
  return (key) => loader.load(key);
}
