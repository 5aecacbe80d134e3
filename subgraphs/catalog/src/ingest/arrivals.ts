import type { CatalogId } from '@giggityflix/proto/catalog-id';

/**
 * How long a reference to an unknown file is waited for. A peer describes a file before it says that it has
 * it, but the two travel on different topics: a subscriber's "it is available now" may overtake its name.
 */
export const ARRIVAL_WAIT_MS = 1_500;
/** How often all awaited files are looked up together: another instance may have taken the description in. */
const LOOKUP_INTERVAL_MS = 100;
/** Most files awaited at once; beyond that an unknown file is unknown at once. */
const MAX_AWAITED = 2_000;

export interface Arrivals {
  /** To be called when a file has become known. */
  arrived(catalogId: CatalogId): void;
  /** The files among these that become known in time, keyed by id. */
  wait<T>(
    catalogIds: readonly CatalogId[],
    find: (ids: readonly CatalogId[]) => Promise<Map<CatalogId, T>>,
  ): Promise<Map<CatalogId, T>>;
  stop(): void;
  readonly awaited: number;
}

export function createArrivals(options: { waitMs?: number } = {}): Arrivals {
  const waitMs = options.waitMs ?? ARRIVAL_WAIT_MS;
  const awaited = new Map<CatalogId, Set<() => void>>();
  let stopped = false;

  return {
    get awaited() {
      return awaited.size;
    },
    arrived(catalogId) {
      for (const wake of awaited.get(catalogId) ?? []) wake();
    },
    async wait(catalogIds, find) {
      if (stopped || waitMs === 0 || awaited.size + catalogIds.length > MAX_AWAITED) return new Map();
      const missing = new Set(catalogIds);
      const found = new Map();
      const deadline = Date.now() + waitMs;
      let wake = () => {};
      const onArrival = () => wake();
      for (const id of catalogIds) awaited.set(id, (awaited.get(id) ?? new Set()).add(onArrival));
      try {
        // The first look catches what arrived between the caller's own look and now.
        while (missing.size > 0 && !stopped) {
          const woken = new Promise<void>((resolve) => {
            wake = resolve;
          });
          for (const [id, value] of await find([...missing])) {
            found.set(id, value);
            missing.delete(id);
          }
          const left = deadline - Date.now();
          if (missing.size === 0 || left <= 0) break;
          await Promise.race([woken, pause(Math.min(left, LOOKUP_INTERVAL_MS))]);
        }
      } finally {
        for (const id of catalogIds) {
          const waiting = awaited.get(id);
          waiting?.delete(onArrival);
          if (waiting?.size === 0) awaited.delete(id);
        }
      }
      return found;
    },
    stop() {
      stopped = true;
      for (const waiting of awaited.values()) for (const wake of waiting) wake();
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
