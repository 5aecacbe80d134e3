/** Messages and bytes on their way without an acknowledgement; the edge stores each before it acknowledges. */
const MAX_MESSAGES = 64;
const MAX_BYTES = 4 * 1_048_576;

interface InFlight {
  sequence: number;
  bytes: number;
  /** Null for announcements, which are made anew from the library instead. */
  outboxId: number | null;
}

/** What was sent and is not acknowledged yet, within its bounds. */
export function createInFlight() {
  let entries: InFlight[] = [];
  let bytes = 0;
  return {
    hasRoom: (): boolean => entries.length < MAX_MESSAGES && bytes < MAX_BYTES,
    add(entry: InFlight): void {
      entries.push(entry);
      bytes += entry.bytes;
    },
    /** Ends those up to a sequence; returns which of them leave the outbox. */
    acknowledge(sequence: number): number[] {
      const done: number[] = [];
      while (entries.length > 0 && entries[0]!.sequence <= sequence) {
        const entry = entries.shift()!;
        bytes -= entry.bytes;
        if (entry.outboxId !== null) done.push(entry.outboxId);
      }
      return done;
    },
    /** A message that is to be sent again: its acknowledgement leaves the outbox as it is. */
    refuse(sequence: number): { outboxId: number | null } | null {
      const entry = entries.find((one) => one.sequence === sequence);
      if (!entry) return null;
      const { outboxId } = entry;
      entry.outboxId = null;
      return { outboxId };
    },
    clear(): void {
      entries = [];
      bytes = 0;
    },
  };
}
