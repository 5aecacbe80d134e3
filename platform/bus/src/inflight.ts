/**
 * Tracks which records of one partition are in flight, and up to where all are settled: only that prefix may be
 * committed, whatever the order in which the handlers finish.
 */
export interface InflightTracker<O> {
  /** Adds a record, in partition order; call the result once it is settled. */
  add(offset: O): () => void;
  /** Removes the settled prefix and gives its last offset; null when it has not grown since. */
  takeSettled(): O | null;
  /** Records added and not yet taken. */
  readonly size: number;
}

/** Slots that are free at the front of the queue before it is compacted. */
const COMPACT_AFTER = 1_024;

export function createInflightTracker<O>(): InflightTracker<O> {
  let entries: { offset: O; settled: boolean }[] = [];
  let head = 0;
  return {
    get size() {
      return entries.length - head;
    },
    add(offset) {
      const entry = { offset, settled: false };
      entries.push(entry);
      return () => {
        entry.settled = true;
      };
    },
    takeSettled() {
      let last: O | null = null;
      for (let entry = entries[head]; entry?.settled; entry = entries[head]) {
        last = entry.offset;
        head += 1;
      }
      if (head > COMPACT_AFTER || head === entries.length) {
        entries = entries.slice(head);
        head = 0;
      }
      return last;
    },
  };
}
