/** What began and ceased to be shared since the last announcement. */
export interface Difference {
  added: string[];
  removed: string[];
  superseded: string[];
}

/** Differences that were not sent yet; opposite ones cancel each other. */
export function createDifferences() {
  /** Whether a description is still to be sent, by catalog id, the latest last. */
  const added = new Map<string, boolean>();
  const removed = new Set<string>();
  const superseded = new Set<string>();

  return {
    /** Notes that a file never comes back. */
    supersede: (id: string): void => void superseded.add(id),
    note(id: string, isAdded: boolean, isUndescribed: () => boolean): void {
      if (isAdded) {
        if (!removed.delete(id)) added.set(id, isUndescribed());
      } else if (!added.delete(id)) removed.add(id);
    },
    /** Notes that a description was sent. */
    described(id: string): void {
      if (added.has(id)) added.set(id, false);
    },
    isAdded: (id: string): boolean => added.has(id),
    /**
     * Takes at most `most` ids: what ceased to be shared, then the latest, of which at most `undescribed` are still to be
     * described.
     */
    take(most: number, undescribed: number): Difference {
      const difference: Difference = {
        added: [],
        removed: [...removed].slice(0, most),
        superseded: [...superseded].slice(0, most),
      };
      for (const id of difference.superseded) superseded.delete(id);
      for (const id of difference.removed) removed.delete(id);
      const left = most - difference.removed.length;
      let toDescribe = 0;
      for (const [id, isUndescribed] of [...added].reverse()) {
        if (difference.added.length >= left) break;
        if (isUndescribed && toDescribe >= undescribed) continue;
        if (isUndescribed) toDescribe += 1;
        difference.added.push(id);
      }
      for (const id of difference.added) added.delete(id);
      return difference;
    },
    clear(): void {
      added.clear();
      removed.clear();
      superseded.clear();
    },
    size: (): number => added.size + removed.size + superseded.size,
  };
}
