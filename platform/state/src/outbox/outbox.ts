/**
 * Events that are stored and not yet on the bus. They are appended in the same atomic step as the change they follow
 * from, so that none is lost and none is made up; a relay publishes them in order for each key, at least once.
 *
 * `outbox.embedded.ts` (SQLite) and `outbox.redis.ts` (Redis, Redis Cluster) pass `outbox.compliance.ts`.
 */
export interface Outbox<E> {
  /**
   * Takes about `limit` of the oldest entries that no other process holds; null when there are none. They belong to
   * the caller until it completes or releases the claim, or until {@link OUTBOX_LEASE_MS} have passed: a relay that
   * died blocks nothing for longer. Entries that other processes appended are surely found with `everywhere`.
   */
  claim(options: { limit: number; everywhere: boolean }): Promise<OutboxClaim<E> | null>;
  /** Calls `listener` after this process appended entries, `urgent` when a reader waits for one of them. */
  onAppend(listener: (urgent: boolean) => void): void;
}

export interface OutboxClaim<E> {
  readonly entries: readonly E[];
  /** Removes the entries: they are published. */
  complete(): Promise<void>;
  /** Returns the entries: publishing failed. */
  release(): Promise<void>;
}

/** How long a relay may take to publish a claim before another one publishes it, in milliseconds. */
export const OUTBOX_LEASE_MS = 10_000;

/** What an adapter calls after it appended. */
export interface AppendListeners {
  add(listener: (urgent: boolean) => void): void;
  appended(urgent: boolean): void;
}

export function createAppendListeners(): AppendListeners {
  const listeners: ((urgent: boolean) => void)[] = [];
  return {
    add: (listener) => void listeners.push(listener),
    appended(urgent) {
      for (const listener of listeners) listener(urgent);
    },
  };
}
