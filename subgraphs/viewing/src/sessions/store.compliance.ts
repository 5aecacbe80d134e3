import { randomUUID } from 'node:crypto';
import type { PlaybackEvent } from '@giggityflix/bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSessionId } from './session-id.ts';
import type { OutboxEvent, SessionStore, StoreTimes } from './store.ts';
import { SESSION_ACTIONS, TRANSITIONS } from './transitions.ts';

/** Long enough for a step to happen within it on a busy machine, short enough to wait for. */
const TIMES: StoreTimes = { leaseMs: 400, sessionTimeoutMs: 1_200 };
const STEADY: StoreTimes = { leaseMs: 60_000, sessionTimeoutMs: 120_000 };

export interface StoreUnderTest {
  store: SessionStore;
  close(): Promise<void>;
}

/** What every session store keeps to. `open` gives a store on the same state each time it is called. */
export function describeSessionStore(
  name: string,
  open: (times: StoreTimes, maxWaitingEvents?: number) => Promise<StoreUnderTest>,
): void {
  describe(name, () => {
    let one: StoreUnderTest;
    let other: StoreUnderTest;
    let hasty: StoreUnderTest;
    beforeAll(async () => {
      [one, other, hasty] = await Promise.all([open(STEADY), open(STEADY), open(TIMES)]);
    });
    afterAll(async () => {
      await Promise.all([one, other, hasty].map((tested) => tested?.close()));
    });

    const newUser = () => `user-${randomUUID()}`;
    const admit = (store: SessionStore, userId: string, limit = 4) =>
      store.admit({
        sessionId: newSessionId(userId),
        userId,
        profileId: 'profile',
        catalogId: 'a'.repeat(64),
        deviceId: 'device',
        limit,
      });
    const admitted = async (store: SessionStore, userId = newUser()) => {
      const admission = await admit(store, userId);
      if (!admission.admitted) throw new Error('not admitted');
      return admission.session;
    };
    /** Takes every waiting event, of all sessions. */
    const drain = async (store: SessionStore): Promise<OutboxEvent[]> => {
      const events: OutboxEvent[] = [];
      for (;;) {
        const claim = await store.outbox.claim({ limit: 1_000, everywhere: true });
        if (!claim) return events;
        events.push(...claim.entries);
        await claim.complete();
      }
    };

    describe('admission', () => {
      it('gives what was asked for, as an active session at the start of the film', async () => {
        const userId = newUser();
        const session = await admitted(one.store, userId);
        expect(session).toMatchObject({ userId, profileId: 'profile', deviceId: 'device', status: 'active' });
        expect(session.position).toBe(0);
        expect(Math.abs(session.startedAt - Date.now())).toBeLessThan(5_000);
        expect(session.lastHeartbeatAt).toBe(session.startedAt);
        expect(await other.store.get(session.id)).toEqual(session);
      });

      it('never lets an account have more live sessions than the limit, however many ask at once', async () => {
        const userId = newUser();
        const answers = await Promise.all(
          Array.from({ length: 40 }, (_, index) => admit((index % 2 ? one : other).store, userId, 3)),
        );
        expect(answers.filter((answer) => answer.admitted)).toHaveLength(3);
        const refused = answers.find((answer) => !answer.admitted);
        expect(refused && !refused.admitted && refused.live.length).toBe(3);
        expect(await one.store.live(userId)).toHaveLength(3);
      });

      it('counts each account for itself', async () => {
        const [a, b] = [newUser(), newUser()];
        expect((await admit(one.store, a, 1)).admitted).toBe(true);
        expect((await admit(one.store, b, 1)).admitted).toBe(true);
        expect((await admit(one.store, a, 1)).admitted).toBe(false);
      });

      it('takes braces, spaces and any letters in an account’s name', async () => {
        for (const userId of ['{a}', '}{', 'Ünï 🎬', ':'.repeat(100)]) {
          const name = `${userId}${randomUUID()}`;
          const session = await admitted(one.store, name);
          expect((await one.store.live(name)).map(({ id }) => id)).toEqual([session.id]);
        }
      });
    });

    describe('the state machine', () => {
      const reach = {
        active: [],
        paused: ['pause'],
        stopped: ['stop'],
        terminated: ['terminate'],
      } as const;
      const actions = SESSION_ACTIONS.filter((action) => action !== 'expire');
      for (const [from, path] of Object.entries(reach)) {
        for (const action of actions) {
          const expected = TRANSITIONS[from as keyof typeof reach][action];
          it(`${action} of a session that is ${from} ${expected ? `makes it ${expected.to}` : 'is not allowed'}`, async () => {
            const session = await admitted(one.store);
            const act = (what: (typeof actions)[number]) =>
              one.store.act({ sessionId: session.id, userId: session.userId, action: what });
            for (const step of path) await act(step);
            const result = await act(action);
            if (expected) expect(result).toMatchObject({ outcome: 'done', session: { status: expected.to } });
            else expect(result).toEqual({ outcome: 'not_allowed', status: from });
            expect(await other.store.get(session.id)).toMatchObject({ status: expected?.to ?? from });
          });
        }
      }

      it('keeps the position of the last call that told one', async () => {
        const session = await admitted(one.store);
        const base = { sessionId: session.id, userId: session.userId };
        await one.store.act({ ...base, action: 'heartbeat', position: 12.5 });
        const result = await one.store.act({ ...base, action: 'pause' });
        expect(result).toMatchObject({ outcome: 'done', session: { position: 12.5 } });
      });

      it('does not find another account’s session, nor ids it never gave', async () => {
        const session = await admitted(one.store);
        const stop = { action: 'stop', userId: newUser() } as const;
        expect(await one.store.act({ ...stop, sessionId: session.id })).toEqual({ outcome: 'not_found' });
        for (const sessionId of ['', 'x', '{}', newSessionId('nobody'), `${session.id} `]) {
          expect(await one.store.get(sessionId)).toBeNull();
          expect(await one.store.act({ sessionId, userId: null, action: 'stop' })).toEqual({
            outcome: 'not_found',
          });
        }
        expect(await one.store.get(session.id)).toMatchObject({ status: 'active' });
      });

      it('frees the slot once, whoever ends the session', async () => {
        const userId = newUser();
        const session = await admitted(one.store, userId);
        await Promise.all(
          Array.from({ length: 10 }, (_, index) =>
            (index % 2 ? one : other).store.act({
              sessionId: session.id,
              userId: null,
              action: index % 3 ? 'stop' : 'terminate',
            }),
          ),
        );
        expect(await one.store.live(userId)).toEqual([]);
        const endings = (await drain(one.store)).filter(
          ({ event }) => event.session_id === session.id && event.reason,
        );
        expect(endings).toHaveLength(1);
      });
    });

    describe('leases', () => {
      it('end a session that gives no sign of life, and free its slot', async () => {
        const userId = newUser();
        expect((await admit(hasty.store, userId, 1)).admitted).toBe(true);
        expect((await admit(hasty.store, userId, 1)).admitted).toBe(false);
        await expect
          .poll(async () => (await admit(hasty.store, userId, 1)).admitted, { timeout: 5_000 })
          .toBe(true);
      });

      it('are renewed by heartbeats, until the session is as old as it may get', async () => {
        const session = await admitted(hasty.store);
        let lastLive = 0;
        await expect
          .poll(
            async () => {
              const result = await hasty.store.act({
                sessionId: session.id,
                userId: session.userId,
                action: 'heartbeat',
              });
              if (result.outcome === 'done') lastLive = result.session.lastHeartbeatAt;
              return result;
            },
            { timeout: 5_000, interval: 50 },
          )
          .toEqual({ outcome: 'not_allowed', status: 'expired' });
        const age = lastLive - session.startedAt;
        expect(age).toBeGreaterThan(TIMES.leaseMs);
        expect(age).toBeLessThanOrEqual(TIMES.sessionTimeoutMs);
      });

      it('that lapsed are swept once, however many sweep', async () => {
        const sessions = await Promise.all(Array.from({ length: 5 }, () => admitted(hasty.store)));
        const ids = new Set(sessions.map(({ id }) => id));
        const events: PlaybackEvent[] = [];
        await expect
          .poll(
            async () => {
              await Promise.all([one, other, hasty].map((tested) => tested.store.sweep()));
              events.push(...(await drain(one.store)).map(({ event }) => event));
              return events.filter((event) => ids.has(event.session_id) && event.reason === 'expired').length;
            },
            { timeout: 5_000, interval: 50 },
          )
          .toBe(5);
        await Promise.all([one, other, hasty].map((tested) => tested.store.sweep()));
        expect((await drain(one.store)).filter(({ event }) => ids.has(event.session_id))).toEqual([]);
        for (const { id } of sessions) expect(await one.store.get(id)).toMatchObject({ status: 'expired' });
      });
    });

    describe('the outbox', () => {
      it('holds one session’s events in the order they happened, each with an id of its own', async () => {
        const session = await admitted(one.store);
        const base = { sessionId: session.id, userId: session.userId };
        await one.store.act({ ...base, action: 'heartbeat', position: 5 });
        await other.store.act({ ...base, action: 'pause' });
        await one.store.act({ ...base, action: 'pause' });
        await other.store.act({ ...base, action: 'resume' });
        await one.store.act({ ...base, action: 'terminate', position: 9 });
        const events = (await drain(other.store)).filter(({ event }) => event.session_id === session.id);
        expect(events.map(({ event }) => [event.type, event.position, event.reason])).toEqual([
          ['playback.started', 0, null],
          ['playback.heartbeat', 5, null],
          ['playback.paused', 5, null],
          ['playback.resumed', 5, null],
          ['playback.completed', 9, 'terminated'],
        ]);
        expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
        expect(events[0]?.event).toMatchObject({
          user_id: session.userId,
          profile_id: 'profile',
          content_id: session.catalogId,
          device_id: 'device',
        });
      });

      it('says which events are urgent: heartbeats can wait', async () => {
        const urgent: boolean[] = [];
        const { id: sessionId, userId } = await admitted(one.store);
        one.store.outbox.onAppend((isUrgent) => urgent.push(isUrgent));
        for (const action of ['heartbeat', 'pause', 'heartbeat', 'stop'] as const)
          await one.store.act({ sessionId, userId, action });
        expect(urgent).toEqual([false, true, false, true]);
      });

      it('when full drops heartbeats, which still renew their lease, and nothing else', async () => {
        const full = await open(STEADY, 0);
        try {
          let dropped = 0;
          full.store.outbox.onDropped(() => {
            dropped += 1;
          });
          const { id: sessionId, userId } = await admitted(full.store);
          for (const action of ['heartbeat', 'heartbeat', 'stop'] as const)
            expect(await full.store.act({ sessionId, userId, action, position: 3 })).toMatchObject({
              outcome: 'done',
              session: { position: 3 },
            });
          expect(dropped).toBe(2);
          const events = (await drain(full.store)).filter(({ event }) => event.session_id === sessionId);
          expect(events.map(({ event }) => event.type)).toEqual(['playback.started', 'playback.stopped']);
        } finally {
          await full.close();
        }
      });
    });
  });
}
