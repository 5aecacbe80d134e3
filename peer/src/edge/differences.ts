/** What began and ceased to be shared since the last announcement. */
export interface Difference {
  added: string[];
  removed: string[];
  superseded: string[];
}

/** Files that never come back and were not said so yet; what their number makes forgotten stays in the catalog as a film nobody has. */
const MAX_SUPERSEDED = 10_000;

/** Differences that were not sent yet; opposite ones cancel each other. */
export function createDifferences() {
  /** The latest last. */
  const added = new Set<string>();
  /** Those of them whose description is still to be sent. */
  const undescribed = new Set<string>();
  const removed = new Set<string>();
  const superseded = new Set<string>();

  return {
    /** Notes that a file never comes back. */
    supersede(id: string): void {
      superseded.add(id);
      const [oldest] = superseded;
      if (superseded.size > MAX_SUPERSEDED && oldest !== undefined) superseded.delete(oldest);
    },
    /** Notes that one came back all the same. */
    restore: (id: string): void => void superseded.delete(id),
    note(id: string, isAdded: boolean, isUndescribed: () => boolean): void {
      if (!isAdded) {
        undescribed.delete(id);
        if (!added.delete(id)) removed.add(id);
      } else if (!removed.delete(id)) {
        added.add(id);
        if (isUndescribed()) undescribed.add(id);
      }
    },
    /** Notes that a description was sent. */
    described: (id: string): void => void undescribed.delete(id),
    /** How many of those that began to be shared are still to be described. */
    undescribed: (): number => undescribed.size,
    isAdded: (id: string): boolean => added.has(id),
    /**
     * Takes at most `most` ids: what ceased to be shared, then the latest, of which at most `mostToDescribe` are still to be
     * described.
     */
    take(most: number, mostToDescribe: number): Difference {
      const difference: Difference = {
        added: [],
        removed: [...removed].slice(0, most),
        superseded: [...superseded].slice(0, most),
      };
      for (const id of difference.superseded) superseded.delete(id);
      for (const id of difference.removed) removed.delete(id);
      const left = most - difference.removed.length;
      let toDescribe = 0;
      for (const id of [...added].reverse()) {
        if (difference.added.length >= left) break;
        const isUndescribed = undescribed.has(id);
        if (isUndescribed && toDescribe >= mostToDescribe) continue;
        if (isUndescribed) toDescribe += 1;
        difference.added.push(id);
      }
      for (const id of difference.added) {
        added.delete(id);
        undescribed.delete(id);
      }
      return difference;
    },
    /** Forgets what an announcement of everything says as well, which is not what never comes back. */
    clear(): void {
      added.clear();
      undescribed.clear();
      removed.clear();
    },
    size: (): number => added.size + removed.size + superseded.size,
  };
}
