import { BreakerOpenError, READY, UnavailableError } from '@giggityflix/kernel';
import type { RedisClient } from '@giggityflix/state';
import { shardPrefix } from '../redis/keys.ts';
import { defineViewingScripts } from '../redis/scripts.ts';
import { createRedisOutbox } from './outbox.redis.ts';
import type { Session, SessionStatus } from './session.ts';
import { SHARD_COUNT, shardOfSession, shardOfUser } from './session-id.ts';
import { ACT, ADMIT, CANCEL, GET, LIVE, SWEEP } from './store.redis.scripts.ts';
import {
  type ActResult,
  type Admission,
  ENDED_RETENTION_MS,
  MAX_WAITING_EVENTS_PER_SHARD,
  type SessionStore,
  type StoreTimes,
  SWEEP_LIMIT,
} from './store.ts';

/** Most admissions without an answer that are kept; those beyond it end with their lease. */
const MAX_UNANSWERED = 10_000;
/** Shards swept at a time: a sweep is a trickle, not a burst in front of viewers' requests. */
const SWEEP_BATCH = 32;

const SCRIPTS = { ADMIT, CANCEL, GET, ACT, LIVE, SWEEP };

type SessionReply = [string, string, string, string, string, SessionStatus, string, string, string, string];
type Reply<R> = [added: number, outcome: string, result: R];

/**
 * The session store on Redis or Redis Cluster. Each step is one script on one slot: an account's keys share the hash tag of its
 * shard, which the account's session ids contain.
 *
 * Keys under `viewing:{shard}:`: `session:<id>` (hash), `user:<id>` and `leases` (sorted sets of session ids by the end of their
 * lease), `outbox` (list), `relay` (lock).
 */
export function createRedisSessionStore(
  redis: RedisClient,
  times: StoreTimes,
  maxWaitingEvents: number = MAX_WAITING_EVENTS_PER_SHARD,
): SessionStore {
  const run = defineViewingScripts(redis, SCRIPTS);
  const outbox = createRedisOutbox(redis);
  const dropListeners: (() => void)[] = [];
  const settings = [times.leaseMs, times.sessionTimeoutMs, ENDED_RETENTION_MS, maxWaitingEvents];

  const step = async <R>(
    script: keyof typeof SCRIPTS,
    shard: number,
    ...args: (string | number)[]
  ): Promise<Reply<R>> => {
    const prefix = shardPrefix(shard);
    const reply = await run<Reply<R>>(
      script,
      [`${prefix}leases`, `${prefix}outbox`],
      [prefix, ...settings, ...args],
    );
    if (reply[0] === 1) outbox.appended([shard], !(reply[1] === 'done' && args[2] === 'heartbeat'));
    if (reply[0] === -1) for (const listener of dropListeners) listener();
    return reply;
  };

  // Redis may execute an admission whose answer never came, even later: a script it does not know is sent again whole.
  // No player has that session, so it is ended, or does not start.
  const unanswered = new Set<string>();
  const endUnanswered = async () => {
    for (const sessionId of unanswered) {
      await step('CANCEL', shardOfSession(sessionId)!, sessionId);
      unanswered.delete(sessionId);
    }
  };

  return {
    start: async () => {},
    stop: async () => {},
    ready: () => READY,
    async admit(request): Promise<Admission> {
      const [, outcome, result] = await step<SessionReply | SessionReply[]>(
        'ADMIT',
        shardOfUser(request.userId),
        request.limit,
        request.sessionId,
        request.userId,
        request.profileId,
        request.catalogId,
        request.deviceId,
        request.signInId ?? '',
        request.endsAt ?? '',
      ).catch((error: unknown) => {
        const wasSent = error instanceof UnavailableError && !(error.cause instanceof BreakerOpenError);
        if (wasSent && unanswered.size < MAX_UNANSWERED) unanswered.add(request.sessionId);
        throw error;
      });
      if (outcome === 'cancelled') throw new UnavailableError('the session store');
      if (outcome === 'admitted') return { admitted: true, session: toSession(result as SessionReply) };
      return { admitted: false, live: toSessions(result as SessionReply[]) };
    },
    async get(sessionId) {
      const shard = shardOfSession(sessionId);
      if (shard === null) return null;
      const [, outcome, result] = await step<SessionReply>('GET', shard, sessionId);
      return outcome === 'found' ? toSession(result) : null;
    },
    async act(request): Promise<ActResult> {
      const shard = shardOfSession(request.sessionId);
      if (shard === null) return { outcome: 'not_found' };
      const [, outcome, result] = await step<SessionReply | SessionStatus>(
        'ACT',
        shard,
        request.sessionId,
        request.userId ?? '',
        request.action,
        request.position ?? '',
        request.profileId ?? '',
      );
      if (outcome === 'done') return { outcome, session: toSession(result as SessionReply) };
      if (outcome === 'not_allowed') return { outcome, status: result as SessionStatus };
      return { outcome: 'not_found' };
    },
    async live(userId) {
      const [, , result] = await step<SessionReply[]>('LIVE', shardOfUser(userId), userId);
      return toSessions(result);
    },
    async sweep() {
      await endUnanswered();
      let ended = 0;
      for (let first = 0; first < SHARD_COUNT; first += SWEEP_BATCH) {
        const shards = Array.from({ length: SWEEP_BATCH }, (_, index) => first + index);
        const replies = await Promise.all(shards.map((shard) => step<number>('SWEEP', shard, SWEEP_LIMIT)));
        for (const [, , count] of replies) ended += count;
      }
      return ended;
    },
    outbox: { ...outbox, onDropped: (listener) => void dropListeners.push(listener) },
  };
}

function toSession(reply: SessionReply): Session {
  const [id, userId, profileId, catalogId, deviceId, status, startedAt, lastHeartbeatAt, position, signInId] =
    reply;
  return {
    id,
    userId,
    profileId,
    catalogId,
    deviceId,
    signInId: signInId || null,
    status,
    startedAt: Number(startedAt),
    lastHeartbeatAt: Number(lastHeartbeatAt),
    position: Number(position),
  };
}

function toSessions(replies: SessionReply[]): Session[] {
  return replies.map(toSession).sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
}
