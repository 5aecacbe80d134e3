import { LRUCache } from 'lru-cache';

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
  const entries = new LRUCache<string, { value: V; until: number }>({ max: options.maxEntries });
  const loading = new Map<string, Promise<V>>();
  const put = (key: string, value: V) => {
    const ttl = options.ttlMs(value);
    if (ttl > 0) entries.set(key, { value, until: clock() + ttl });
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
