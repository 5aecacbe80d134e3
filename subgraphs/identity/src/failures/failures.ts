/** How failures of one kind are slowed down. Times are in milliseconds. */
export interface Backoff {
  /** So many in a row lock nothing. */
  free: number;
  /** How long the next one locks; each further one locks twice as long. */
  firstMs: number;
  mostMs: number;
  /** After so long without an attempt all are forgotten. */
  forgetMs: number;
}

export type Attempt =
  | { outcome: 'admitted' }
  /** Too many failed before; `retryMs` until the next may. */
  | { outcome: 'locked'; retryMs: number };

/**
 * Counts attempts that may fail, by what they have in common: an account's login, an address, or both. An attempt is counted before it is
 * made, so that many at once are no way around the limit, and forgotten when it succeeds. All processes count together.
 */
export interface Failures {
  /** One that is locked out does not count, so that nobody can keep someone else out for ever. */
  attempt(key: string, backoff: Backoff, at: number): Promise<Attempt>;
  /** An attempt succeeded: those before are forgotten. */
  forget(key: string): Promise<void>;
  /** One attempt succeeded, which says nothing of the others: it alone is not counted any more. */
  discount(key: string): Promise<void>;
  /** Removes what was not touched since; gives how many. */
  prune(before: number): Promise<number>;
}

/** How long the `count`-th failure in a row locks. */
export function lockMs(count: number, { free, firstMs, mostMs }: Backoff): number {
  if (count <= free) return 0;
  // Beyond 2^31 any lock has reached its most.
  return Math.min(firstMs * 2 ** Math.min(count - free - 1, 31), mostMs);
}
