import { type PlaybackEvent, READY, type SqliteDatabase } from '@giggityflix/platform';
import { createEmbeddedOutbox, type Listeners } from './outbox.embedded.ts';
import { isLive, type Session, type SessionStatus } from './session.ts';
import { shardOfSession } from './session-id.ts';
import {
  ENDED_RETENTION_MS,
  MAX_WAITING_EVENTS_PER_SHARD,
  type SessionStore,
  type StoreTimes,
  SWEEP_LIMIT,
} from './store.ts';
import { type SessionAction, TRANSITIONS, type Transition } from './transitions.ts';

export const SESSION_MIGRATIONS = [
  `CREATE TABLE sessions (
     id TEXT PRIMARY KEY, user_id TEXT NOT NULL, profile_id TEXT NOT NULL, catalog_id TEXT NOT NULL,
     device_id TEXT NOT NULL, status TEXT NOT NULL, started_at INTEGER NOT NULL,
     last_heartbeat_at INTEGER NOT NULL, position REAL NOT NULL, sequence INTEGER NOT NULL DEFAULT 0,
     lease_ends_at INTEGER, forget_at INTEGER
   ) STRICT;
   CREATE INDEX sessions_live ON sessions (user_id) WHERE lease_ends_at IS NOT NULL;
   CREATE INDEX sessions_lease ON sessions (lease_ends_at) WHERE lease_ends_at IS NOT NULL;
   CREATE INDEX sessions_forget ON sessions (forget_at) WHERE forget_at IS NOT NULL;
   CREATE TABLE outbox (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, event TEXT NOT NULL) STRICT;
   CREATE TABLE relay (singleton INTEGER PRIMARY KEY CHECK (singleton = 1), token TEXT, until INTEGER NOT NULL) STRICT;
   INSERT INTO relay VALUES (1, NULL, 0);`,
] as const;

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
}

/** The session store of one machine: each step is one SQLite transaction, whichever process takes it. */
export function createEmbeddedSessionStore(
  database: SqliteDatabase,
  times: StoreTimes,
  clock: () => number = Date.now,
  maxWaitingEvents: number = MAX_WAITING_EVENTS_PER_SHARD,
): SessionStore {
  const sql = prepare(database);
  const listeners: Listeners = { added: [], dropped: [] };
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
      lease_ends_at: live ? Math.min(now + times.leaseMs, row.started_at + times.sessionTimeoutMs) : null,
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
    if (added !== 'nothing') for (const listener of listeners.added) listener(added === 'heartbeats');
    if (dropped > 0) for (const listener of listeners.dropped) listener();
    return result;
  };

  return {
    // Players could not tell of themselves while the service was down, so that time does not count against them.
    start: () => step((now) => void sql.renew.run(now + times.leaseMs, times.sessionTimeoutMs, now)),
    stop: async () => {},
    ready: () => READY,
    admit: (request) =>
      step((now) => {
        const live = liveRows(request.userId, now);
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
        if (!row || (request.userId !== null && row.user_id !== request.userId))
          return { outcome: 'not_found' };
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
        const rows = sql.lapsed.all(now, SWEEP_LIMIT) as Row[];
        for (const row of rows) expireIfLapsed(row, now);
        sql.forget.run(now);
        return rows.length;
      }),
    outbox: createEmbeddedOutbox(database, sql, clock, listeners),
  };
}

/** The statements of the store, prepared once. */
export type Statements = ReturnType<typeof prepare>;

function prepare(database: SqliteDatabase) {
  return {
    insert: database.prepare(
      `INSERT INTO sessions (id, user_id, profile_id, catalog_id, device_id, status, started_at, last_heartbeat_at, position)
       VALUES (@id, @user_id, @profile_id, @catalog_id, @device_id, @status, @started_at, @last_heartbeat_at, @position)`,
    ),
    update: database.prepare(
      `UPDATE sessions SET status = @status, last_heartbeat_at = @last_heartbeat_at, position = @position,
         sequence = @sequence, lease_ends_at = @lease_ends_at, forget_at = @forget_at WHERE id = @id`,
    ),
    get: database.prepare('SELECT * FROM sessions WHERE id = ?'),
    live: database.prepare(
      'SELECT * FROM sessions WHERE user_id = ? AND lease_ends_at IS NOT NULL ORDER BY started_at, id',
    ),
    lapsed: database.prepare(
      'SELECT * FROM sessions WHERE lease_ends_at IS NOT NULL AND lease_ends_at <= ? ORDER BY lease_ends_at LIMIT ?',
    ),
    renew: database.prepare(
      'UPDATE sessions SET lease_ends_at = min(?, started_at + ?) WHERE lease_ends_at IS NOT NULL AND lease_ends_at <= ?',
    ),
    forget: database.prepare('DELETE FROM sessions WHERE forget_at IS NOT NULL AND forget_at <= ?'),
    emit: database.prepare('INSERT INTO outbox (id, event) VALUES (?, ?)'),
    waiting: database.prepare('SELECT coalesce(max(position) - min(position) + 1, 0) AS waiting FROM outbox'),
    waitingEvents: database.prepare('SELECT position, id, event FROM outbox ORDER BY position LIMIT ?'),
    published: database.prepare('DELETE FROM outbox WHERE position <= ?'),
    claim: database.prepare('UPDATE relay SET token = ?, until = ? WHERE token IS NULL OR until <= ?'),
    release: database.prepare('UPDATE relay SET token = NULL, until = 0 WHERE token = ?'),
  };
}

function toSession(row: Row): Session {
  return {
    id: row.id,
    userId: row.user_id,
    profileId: row.profile_id,
    catalogId: row.catalog_id,
    deviceId: row.device_id,
    status: row.status,
    startedAt: row.started_at,
    lastHeartbeatAt: row.last_heartbeat_at,
    position: row.position,
  };
}
