export interface Expiry<T> {
  /** Has `item` returned by `due` once `at` (milliseconds) has passed. */
  add(item: T, at: number): void;
  /** Removes and returns the items due at `now`. */
  due(now: number): T[];
}

/** Finds what has ended without a scan of what has not: items are in slots of time. */
export function createExpiry<T>(options: { slotMs: number }): Expiry<T> {
  const { slotMs } = options;
  const slots = new Map<number, T[]>();
  let next: number | null = null;
  return {
    add(item, at) {
      const slot = Math.max(Math.ceil(at / slotMs), next ?? 0);
      const items = slots.get(slot);
      if (items) items.push(item);
      else slots.set(slot, [item]);
      if (next === null || slot < next) next = slot;
    },
    due(now) {
      const last = Math.floor(now / slotMs);
      if (next === null || last < next) return [];
      const found: T[] = [];
      if (slots.size < last - next) {
        for (const slot of [...slots.keys()].filter((slot) => slot <= last)) take(slot, found);
      } else for (let slot = next; slot <= last; slot += 1) take(slot, found);
      next = slots.size === 0 ? null : last + 1;
      return found;
    },
  };

  function take(slot: number, found: T[]): void {
    for (const item of slots.get(slot) ?? []) found.push(item);
    slots.delete(slot);
  }
}
