import { randomUUID } from 'node:crypto';
import { newSessionId } from '../src/sessions/session-id.ts';
import type { OutboxEvent, SessionStore, StoreTimes } from '../src/sessions/store.ts';

/** Long enough for a step to happen within it on a busy machine, short enough to wait for. */
export const TIMES: StoreTimes = { leaseMs: 400, sessionTimeoutMs: 1_200 };
export const STEADY: StoreTimes = { leaseMs: 60_000, sessionTimeoutMs: 120_000 };

export interface StoreUnderTest {
  store: SessionStore;
  close(): Promise<void>;
}

/** Opens a store on the same state each time. */
export type OpenStore = (times: StoreTimes, maxWaitingEvents?: number) => Promise<StoreUnderTest>;

/** Stores on one state: two with long leases, and one with short ones. */
export interface Stores {
  one: StoreUnderTest;
  other: StoreUnderTest;
  hasty: StoreUnderTest;
}

export const newUser = () => `user-${randomUUID()}`;

export function admit(store: SessionStore, userId: string, limit = 4, sessionId = newSessionId(userId)) {
  return store.admit({
    sessionId,
    userId,
    profileId: 'profile',
    catalogId: 'a'.repeat(64),
    deviceId: 'device',
    limit,
  });
}

/** @throws Error when the account has no free slot. */
export async function admitted(store: SessionStore, userId = newUser()) {
  const admission = await admit(store, userId);
  if (!admission.admitted) throw new Error('not admitted');
  return admission.session;
}

/** Takes every waiting event, of all sessions. */
export async function drain(store: SessionStore): Promise<OutboxEvent[]> {
  const events: OutboxEvent[] = [];
  for (;;) {
    const claim = await store.outbox.claim({ limit: 1_000, everywhere: true });
    if (!claim) return events;
    events.push(...claim.entries);
    await claim.complete();
  }
}
