import { Buffer } from 'node:buffer';
import type { SubscriptionOwner } from '../availability/outbox.ts';

/** Stored subscriptions to the availability of a file. Each is matched once, and expires. */
export interface SubscriptionStore {
  /**
   * Stores a subscription, or matches it in the same atomic step when the file is available now.
   * @throws TooManySubscriptions when the owner has {@link MAX_SUBSCRIPTIONS_PER_OWNER}.
   */
  subscribe(subscription: StoredSubscription): Promise<void>;
  /** Deletes a subscription whose owner is `permitted`; false when there is no such subscription. */
  cancel(id: string, permitted: (owner: SubscriptionOwner) => boolean): Promise<boolean>;
  /** The owner's unmatched subscriptions by id; `after` is the last id seen. */
  list(owner: SubscriptionOwner, page: { first: number; after?: string }): Promise<StoredSubscription[]>;
}

export interface StoredSubscription {
  id: string;
  catalogId: string;
  owner: SubscriptionOwner;
  /** Milliseconds since 1970. */
  createdAt: number;
  expiresAt: number;
}

/** Bounds what the platform stores for one account. */
export const MAX_SUBSCRIPTIONS_PER_OWNER = 1_000;

export class TooManySubscriptions extends Error {
  override readonly name = 'TooManySubscriptions';

  constructor() {
    super(`an account may have ${MAX_SUBSCRIPTIONS_PER_OWNER} stored subscriptions; cancel some first`);
  }
}

/**
 * A subscription's id contains its catalog id, so that the id alone says where it is stored: the 16
 * bytes of a UUID and the 32 of the catalog id, in base64url.
 */
export function subscriptionId(uuid: string, catalogId: string): string {
  return Buffer.from(uuid.replaceAll('-', '') + catalogId, 'hex').toString('base64url');
}

/** The catalog id within a subscription id; null for what cannot be one. */
export function catalogIdOf(subscription: string): string | null {
  if (!/^[A-Za-z0-9_-]{64}$/.test(subscription)) return null;
  return Buffer.from(subscription, 'base64url').subarray(16).toString('hex');
}
