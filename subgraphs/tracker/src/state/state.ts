import type { Logger } from '@giggityflix/kernel';
import type { AvailabilityOutbox } from '../availability/outbox.ts';
import type { FileRegistry } from '../files/files.ts';
import type { MembershipStore } from '../membership/membership.ts';
import type { PeerRegistry } from '../registry/registry.ts';
import type { SubscriptionStore } from '../subscriptions/subscriptions.ts';

/** Everything the tracker stores, in one place so that changes and their events are one atomic step. */
export interface TrackerState {
  registry: PeerRegistry;
  outbox: AvailabilityOutbox;
  subscriptions: SubscriptionStore;
  files: FileRegistry;
  membership: MembershipStore;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Rejects with the reason when the state cannot be reached now. */
  check(): Promise<void>;
}

export interface StateOptions {
  connectionTimeoutMs: number;
  logger?: Logger;
  /** Milliseconds since 1970; for tests. Otherwise this machine's clock (embedded) or the server's (Redis). */
  now?: () => number;
  /** Called between any two writes, so that tests can make the process crash there. */
  faultPoint?: (name: string) => void;
}
