import type { WireRecord } from '../record.ts';
import type { EmbeddedStore } from './store.ts';

/** Appends records; those of one turn of the event loop share a transaction. */
export interface EmbeddedPublisher {
  /** Resolves once the records are in the file; all of one call, or none. */
  send(records: readonly WireRecord[]): Promise<void>;
  /** Writes what is waiting. */
  flush(): void;
}

interface Waiting {
  records: readonly WireRecord[];
  resolve(): void;
  reject(error: unknown): void;
}

export function createEmbeddedPublisher(store: EmbeddedStore, onAppended: () => void): EmbeddedPublisher {
  let waiting: Waiting[] = [];
  let scheduled: NodeJS.Immediate | null = null;
  const flush = () => {
    if (scheduled) clearImmediate(scheduled);
    scheduled = null;
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      store.append(batch.flatMap(({ records }) => records));
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    onAppended();
    for (const { resolve } of batch) resolve();
  };
  return {
    send(records) {
      return new Promise((resolve, reject) => {
        waiting.push({ records, resolve, reject });
        scheduled ??= setImmediate(flush);
      });
    },
    flush,
  };
}
