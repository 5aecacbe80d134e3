import type { AccessChange } from '@giggityflix/bus';

/** A change of access that is to be published. */
export interface PendingChange {
  /** Of a later change the greater string. */
  id: string;
  accountId: string;
  /** Null for all devices of the account. */
  deviceId: string | null;
  change: AccessChange;
  /** When it was done, in milliseconds since 1970; null until then. */
  doneAt: number | null;
  /** Milliseconds since 1970. */
  notedAt: number;
}

/**
 * What was decided and is not known to be on the bus. A change is noted before it is made, so that a crash at any point
 * leaves either a note or nothing changed.
 */
export interface PendingChanges {
  note(change: Omit<PendingChange, 'doneAt'>): Promise<void>;
  /** Notes that the change is made. */
  done(change: Omit<PendingChange, 'doneAt'>, at: number): Promise<void>;
  /** The oldest first, at most `limit`. */
  list(limit: number): Promise<PendingChange[]>;
  remove(id: string): Promise<void>;
}
