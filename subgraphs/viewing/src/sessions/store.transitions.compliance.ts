import { describe, expect, it } from 'vitest';
import { admitted, drain, newUser, type Stores } from '../../testing/sessions.ts';
import { newSessionId } from './session-id.ts';
import { SESSION_ACTIONS, TRANSITIONS } from './transitions.ts';

/** The state machine, action by action; a session ends once. */
export function transitionsCompliance(stores: Stores): void {
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
          const session = await admitted(stores.one.store);
          const act = (what: (typeof actions)[number]) =>
            stores.one.store.act({ sessionId: session.id, userId: session.userId, action: what });
          for (const step of path) await act(step);
          const result = await act(action);
          if (expected) expect(result).toMatchObject({ outcome: 'done', session: { status: expected.to } });
          else expect(result).toEqual({ outcome: 'not_allowed', status: from });
          expect(await stores.other.store.get(session.id)).toMatchObject({ status: expected?.to ?? from });
        });
      }
    }

    it('keeps the position of the last call that gave one', async () => {
      const session = await admitted(stores.one.store);
      const base = { sessionId: session.id, userId: session.userId };
      await stores.one.store.act({ ...base, action: 'heartbeat', position: 12.5 });
      const result = await stores.one.store.act({ ...base, action: 'pause' });
      expect(result).toMatchObject({ outcome: 'done', session: { position: 12.5 } });
    });

    it('does not find another account’s session, nor unknown ids', async () => {
      const session = await admitted(stores.one.store);
      const stop = { action: 'stop', userId: newUser() } as const;
      expect(await stores.one.store.act({ ...stop, sessionId: session.id })).toEqual({
        outcome: 'not_found',
      });
      for (const sessionId of ['', 'x', '{}', newSessionId('nobody'), `${session.id} `]) {
        expect(await stores.one.store.get(sessionId)).toBeNull();
        expect(await stores.one.store.act({ sessionId, userId: null, action: 'stop' })).toEqual({
          outcome: 'not_found',
        });
      }
      expect(await stores.one.store.get(session.id)).toMatchObject({ status: 'active' });
    });

    it('frees the slot once, however many end the session', async () => {
      const userId = newUser();
      const session = await admitted(stores.one.store, userId);
      await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 ? stores.one : stores.other).store.act({
            sessionId: session.id,
            userId: null,
            action: index % 3 ? 'stop' : 'terminate',
          }),
        ),
      );
      expect(await stores.one.store.live(userId)).toEqual([]);
      const endings = (await drain(stores.one.store)).filter(
        ({ event }) => event.session_id === session.id && event.reason,
      );
      expect(endings).toHaveLength(1);
    });
  });
}
