import { type OutgoingRecord, type PlaybackEvent, resolveTopics } from '@giggityflix/bus';
import { createLogger } from '@giggityflix/kernel';
import { migrateSqlite, OUTBOX_LEASE_MS, openSqlite, type SqliteDatabase } from '@giggityflix/state';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEventRelay } from './relay.ts';
import { newSessionId } from './session-id.ts';
import { createEmbeddedSessionStore } from './store.embedded.ts';
import type { SessionStore } from './store.ts';
import { SESSION_ENDING_MIGRATIONS, SESSION_MIGRATIONS } from './tables.embedded.ts';

let database: SqliteDatabase;
let store: SessionStore;
let published: OutgoingRecord[];
let refuse: boolean;
let now: number;

beforeEach(() => {
  database = openSqlite(':memory:');
  migrateSqlite(database, [...SESSION_MIGRATIONS, ...SESSION_ENDING_MIGRATIONS]);
  store = createEmbeddedSessionStore(database, { leaseMs: 60_000, sessionTimeoutMs: 60_000 }, () => now);
  published = [];
  refuse = false;
  now = 1_000_000;
});
afterEach(() => database.close());

const relayWith = () =>
  createEventRelay({
    endings: async () => [],
    outbox: store.outbox,
    bus: {
      async publish(records) {
        if (refuse) throw new Error('the bus is unavailable');
        published.push(...[records].flat());
      },
    },
    topics: resolveTopics({}),
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
const session = async () => {
  const sessionId = newSessionId('u');
  await store.admit({ sessionId, userId: 'u', profileId: 'p', catalogId: 'c', deviceId: 'd', limit: 99 });
  return sessionId;
};
const types = () => published.map(({ value }) => (value as PlaybackEvent).type);

describe('the relay', () => {
  it('publishes what a crashed process left, in order, keyed by session', async () => {
    const sessionId = await session();
    await store.act({ sessionId, userId: 'u', action: 'pause' });
    await store.act({ sessionId, userId: 'u', action: 'stop' });
    const relay = relayWith();
    await relay.start();
    await expect.poll(types).toEqual(['playback.started', 'playback.paused', 'playback.stopped']);
    expect(published.every(({ key }) => key === sessionId)).toBe(true);
    await relay.stop();
  });

  it('keeps events while the bus is unavailable, and publishes each under one id', async () => {
    const relay = relayWith();
    await relay.start();
    refuse = true;
    await session();
    await relay.flush();
    expect(published).toEqual([]);
    refuse = false;
    await relay.flush();
    expect(types()).toEqual(['playback.started']);
    expect(published[0]?.headers?.ce_id).toMatch(/:1$/);
    await relay.stop();
  });

  it('publishes again, under the same ids, what a relay published before it crashed', async () => {
    await session();
    const claim = await store.outbox.claim({ limit: 10, everywhere: true });
    const relay = relayWith();
    await relay.start();
    await relay.flush();
    expect(published).toEqual([]);
    now += OUTBOX_LEASE_MS;
    await relay.flush();
    expect(published.map(({ headers }) => headers?.ce_id)).toEqual(claim?.entries.map(({ id }) => id));
    await claim?.complete();
    await relay.stop();
  });

  it('lets heartbeats gather for longer than what changes a session', async () => {
    const sessionId = await session();
    const relay = relayWith();
    await relay.start();
    await relay.flush();
    expect(types()).toEqual(['playback.started']);
    vi.useFakeTimers();
    try {
      await store.act({ sessionId, userId: 'u', action: 'heartbeat' });
      await vi.advanceTimersByTimeAsync(400);
      expect(types()).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(100);
      expect(types()).toEqual(['playback.started', 'playback.heartbeat']);
      await store.act({ sessionId, userId: 'u', action: 'heartbeat' });
      await store.act({ sessionId, userId: 'u', action: 'pause' });
      await vi.advanceTimersByTimeAsync(200);
      expect(types().slice(2)).toEqual(['playback.heartbeat', 'playback.paused']);
    } finally {
      vi.useRealTimers();
    }
    await relay.stop();
  });

  it('publishes what is left before it stops', async () => {
    const relay = relayWith();
    await relay.start();
    await session();
    await relay.stop();
    expect(types()).toEqual(['playback.started']);
  });
});
