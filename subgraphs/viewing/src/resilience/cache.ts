/**
 * A bounded cache whose entries live as long as `ttlMs` says for their value (0: not at all), and in which callers who
 * miss the same key at the same time wait for one load. Failures are not cached.
 */
export function createCache<V>(options: {
  maxEntries: number;
  ttlMs(value: V): number;
  clock?: () => number;
}) {
  const clock = options.clock ?? Date.now;
  const entries = new Map<string, { value: V; until: number }>();
  const loading = new Map<string, Promise<V>>();
  const put = (key: string, value: V) => {
    const ttl = options.ttlMs(value);
    if (ttl <= 0) return;
    entries.delete(key);
    entries.set(key, { value, until: clock() + ttl });
    if (entries.size > options.maxEntries) entries.delete(entries.keys().next().value as string);
  };
  return {
    async get(key: string, load: () => Promise<V>): Promise<V> {
      const entry = entries.get(key);
      if (entry && entry.until > clock()) return entry.value;
      const pending = loading.get(key);
      if (pending) return pending;
      const promise = load()
        .then((value) => {
          put(key, value);
          return value;
        })
        .finally(() => loading.delete(key));
      loading.set(key, promise);
      return promise;
    },
  };
}
