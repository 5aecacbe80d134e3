/**
 * A map that forgets: what was not set for one to two periods is dropped, all at once and without a
 * scan, and so is the older half when it grows beyond `maxEntries`.
 */
export interface RecentMap<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
  /** Lets a period pass. */
  rotate(): void;
  readonly size: number;
}

export function createRecentMap<V>(maxEntries: number): RecentMap<V> {
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  const rotate = () => {
    old = young;
    young = new Map();
  };
  return {
    get size() {
      return young.size + old.size;
    },
    get: (key) => young.get(key) ?? old.get(key),
    set(key, value) {
      young.set(key, value);
      if (young.size * 2 > maxEntries) rotate();
    },
    rotate,
  };
}
