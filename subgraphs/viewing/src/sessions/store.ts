import type { PlaybackEvent } from '@giggityflix/bus';
import type { Service } from '@giggityflix/kernel';
import type { Outbox } from '@giggityflix/state';
import type { Session, SessionStatus } from './session.ts';
import type { SessionAction } from './transitions.ts';

/**
 * The session store: leases on an account's streams, and the events that report them.
 *
 * - **A slot is a lease.** A live session holds one slot of its account until it ends or its lease expires. Heartbeats, pauses and
 *   resumes renew the lease. Time is the store's own; the clocks of its callers do not matter.
 * - **Admission is atomic.** However many callers ask at once, an account never has more live sessions than
 *   the limit they gave.
 * - **A session ends once.** The first call that touches a session whose lease has expired ends it as `expired`; every
 *   ending frees the slot in the same step.
 * - **Events are written with the change that they report**, in one step, and wait in the outbox until a relay
 *   has published them.
 *
 * `store.embedded.ts` (SQLite) and `store.redis.ts` (Redis, Redis Cluster) pass `store.compliance.ts` unchanged.
 * Every method rejects with UnavailableError while the store cannot be reached.
 */
export interface SessionStore extends Service {
  /** Starts a session if its account has a free slot; with the id of a live session, answers with that. */
  admit(request: AdmissionRequest): Promise<Admission>;
  /** The session with this id, live or lately ended; null for any other string. */
  get(sessionId: string): Promise<Session | null>;
  /** Applies the state machine's row for `action`. */
  act(request: ActRequest): Promise<ActResult>;
  /** An account's live sessions, the oldest first. */
  live(userId: string): Promise<Session[]>;
  /** Ends sessions whose lease has expired and deletes those that ended long ago; returns how many it ended. */
  sweep(): Promise<number>;
  readonly outbox: EventOutbox;
}

export interface AdmissionRequest {
  sessionId: string;
  userId: string;
  profileId: string;
  catalogId: string;
  deviceId: string;
  /** The sign-in it is opened with, where that is known. */
  signInId?: string | null;
  /** When it ends at the latest, in milliseconds since 1970. */
  endsAt?: number | null;
  /** Most live sessions the account may have, this one included. */
  limit: number;
}

export type Admission = { admitted: true; session: Session } | { admitted: false; live: Session[] };

export interface ActRequest {
  sessionId: string;
  action: Exclude<SessionAction, 'expire'>;
  /** The account that asks: another account's session is not found. Null acts for any account. */
  userId: string | null;
  /** The profile that asks: another profile's session is not found. Any may when omitted. */
  profileId?: string | null;
  /** Seconds from the start of the media file; unchanged when omitted. */
  position?: number;
}

export type ActResult =
  | { outcome: 'done'; session: Session }
  | { outcome: 'not_found' }
  /** The state machine has no such transition from the state the session is in. */
  | { outcome: 'not_allowed'; status: SessionStatus };

/** Events not yet on the bus, in order for each session. */
export interface EventOutbox extends Outbox<OutboxEvent> {
  /** Calls `listener` for each heartbeat that is not published, because too many events wait for the bus. */
  onDropped(listener: () => void): void;
}

export interface OutboxEvent {
  /** The same each time the event is published, so that consumers may drop what they know. */
  id: string;
  event: PlaybackEvent;
}

export interface StoreTimes {
  /** How long a lease lasts without a sign of life, in milliseconds. */
  leaseMs: number;
  /** Longest life of a session however lively, in milliseconds. */
  sessionTimeoutMs: number;
}

/** How long an ended session can still be read, in milliseconds: a player that returns gets the reason of the end. */
export const ENDED_RETENTION_MS = 3_600_000;
/** Most sessions one sweep ends per shard; the rest follow in the next. */
export const SWEEP_LIMIT = 200;
/** Events that may wait per shard while the bus is unavailable; beyond it heartbeats are dropped, never starts and endings. */
export const MAX_WAITING_EVENTS_PER_SHARD = 10_000;
