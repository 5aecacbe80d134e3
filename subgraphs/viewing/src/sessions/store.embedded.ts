import type { PlaybackEvent } from '@giggityflix/bus';
import { READY } from '@giggityflix/kernel';
import type { SqliteDatabase } from '@giggityflix/state';
import { createEmbeddedOutbox } from './outbox.embedded.ts';
import { isLive, type Session, type SessionStatus } from './session.ts';
import { shardOfSession } from './session-id.ts';
import {
  ENDED_RETENTION_MS,
  MAX_WAITING_EVENTS_PER_SHARD,
  type SessionStore,
  type StoreTimes,
  SWEEP_LIMIT,
} from './store.ts';
import { prepareStatements } from './tables.embedded.ts';
import { type SessionAction, TRANSITIONS, type Transition } from './transitions.ts';

interface Row {
  id: string;
  user_id: string;
  profile_id: string;
  catalog_id: string;
  device_id: string;
  status: SessionStatus;
  started_at: number;
  last_heartbeat_at: number;
  position: number;
  sequence: number;
  lease_ends_at: number | null;
  sign_in_id: string | null;
  ends_at: number | null;
}

/** The session store of one machine: each step is one SQLite transaction, whichever process takes it. */
export function createEmbeddedSessionStore(
  database: SqliteDatabase,
  times: StoreTimes,
  clock: () => number = Date.now,
  maxWaitingEvents: number = MAX_WAITING_EVENTS_PER_SHARD,
): SessionStore {
  const sql = prepareStatements(database);
  const outbox = createEmbeddedOutbox(database, clock);
  const dropListeners: (() => void)[] = [];
  let added: 'nothing' | 'heartbeats' | 'changes' = 'nothing';
  let dropped = 0;

  const emit = (row: Row, type: PlaybackEvent['type'], now: number, reason: PlaybackEvent['reason']) => {
    const { waiting } = sql.waiting.get() as { waiting: number };
    const isHeartbeat = type === 'playback.heartbeat';
    if (isHeartbeat && waiting >= maxWaitingEvents) {
      dropped += 1;
      return;
    }
    row.sequence += 1;
    const event: PlaybackEvent = {
      type,
      session_id: row.id,
      user_id: row.user_id,
      profile_id: row.profile_id,
      content_id: row.catalog_id,
      device_id: row.device_id,
      position: row.position,
      reason,
      timestamp: new Date(now).toISOString(),
    };
    sql.emit.run(`${row.id}:${row.sequence}`, JSON.stringify(event));
    if (!isHeartbeat) added = 'changes';
    else if (added === 'nothing') added = 'heartbeats';
  };
  const apply = (row: Row, transition: Transition, now: number) => {
    row.status = transition.to;
    if (transition.event) emit(row, transition.event, now, transition.ends ?? null);
    const live = isLive(row);
    sql.update.run({
      ...row,
      lease_ends_at: live
        ? Math.min(now + times.leaseMs, row.started_at + times.sessionTimeoutMs, row.ends_at ?? Infinity)
        : null,
      forget_at: live ? null : now + ENDED_RETENTION_MS,
    });
  };
  const expireIfLapsed = (row: Row, now: number) => {
    if (row.lease_ends_at !== null && row.lease_ends_at <= now)
      apply(row, TRANSITIONS[row.status].expire as Transition, now);
  };
  const liveRows = (userId: string, now: number) => {
    const rows = sql.live.all(userId) as Row[];
    for (const row of rows) expireIfLapsed(row, now);
    return rows.filter(isLive);
  };
  /** Runs a step in one write transaction and wakes the relay after it, never inside it. */
  const step = async <T>(work: (now: number) => T): Promise<T> => {
    added = 'nothing';
    dropped = 0;
    const result = database.transaction(() => work(clock())).immediate();
    if (added !== 'nothing') outbox.appended(added === 'changes');
    if (dropped > 0) for (const listener of dropListeners) listener();
    return result;
  };

  return {
    // Players could not send heartbeats while the service was down, so that time does not count against them.
    start: () => step((now) => void sql.renew.run(now + times.leaseMs, times.sessionTimeoutMs, now)),
    stop: async () => {},
    ready: () => READY,
    admit: (request) =>
      step((now) => {
        const live = liveRows(request.userId, now);
        const known = live.find(({ id }) => id === request.sessionId);
        if (known) return { admitted: true, session: toSession(known) };
        if (live.length >= request.limit) return { admitted: false, live: live.map(toSession) };
        const row: Row = {
          id: request.sessionId,
          user_id: request.userId,
          profile_id: request.profileId,
          catalog_id: request.catalogId,
          device_id: request.deviceId,
          status: 'active',
          started_at: now,
          last_heartbeat_at: now,
          position: 0,
          sequence: 0,
          lease_ends_at: null,
          sign_in_id: request.signInId ?? null,
          ends_at: request.endsAt ?? null,
        };
        sql.insert.run(row);
        apply(row, { to: 'active', event: 'playback.started' }, now);
        return { admitted: true, session: toSession(row) };
      }),
    get: async (sessionId) => {
      if (shardOfSession(sessionId) === null) return null;
      return step((now) => {
        const row = sql.get.get(sessionId) as Row | undefined;
        if (!row) return null;
        expireIfLapsed(row, now);
        return toSession(row);
      });
    },
    act: async (request) => {
      if (shardOfSession(request.sessionId) === null) return { outcome: 'not_found' };
      return step((now) => {
        const row = sql.get.get(request.sessionId) as Row | undefined;
        const isOfOther =
          (request.userId !== null && row?.user_id !== request.userId) ||
          (request.profileId != null && row?.profile_id !== request.profileId);
        if (!row || isOfOther) return { outcome: 'not_found' };
        expireIfLapsed(row, now);
        const transition = TRANSITIONS[row.status][request.action satisfies SessionAction];
        if (!transition) return { outcome: 'not_allowed', status: row.status };
        if (isLive(row)) {
          if (request.position !== undefined) row.position = request.position;
          if (request.action === 'heartbeat') row.last_heartbeat_at = now;
        }
        apply(row, transition, now);
        return { outcome: 'done', session: toSession(row) };
      });
    },
    live: (userId) => step((now) => liveRows(userId, now).map(toSession)),
    sweep: () =>
      step((now) => {
        const rows = sql.expired.all(now, SWEEP_LIMIT) as Row[];
        for (const row of rows) expireIfLapsed(row, now);
        sql.removeEnded.run(now);
        return rows.length;
      }),
    outbox: { ...outbox, onDropped: (listener) => void dropListeners.push(listener) },
  };
}

function toSession(row: Row): Session {
  return {
    id: row.id,
    userId: row.user_id,
    profileId: row.profile_id,
    catalogId: row.catalog_id,
    deviceId: row.device_id,
    signInId: row.sign_in_id,
    status: row.status,
    startedAt: row.started_at,
    lastHeartbeatAt: row.last_heartbeat_at,
    position: row.position,
  };
}
