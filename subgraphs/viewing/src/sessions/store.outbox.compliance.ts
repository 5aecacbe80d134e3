import { describe, expect, it } from 'vitest';
import { admitted, drain, type OpenStore, STEADY, type Stores } from '../../testing/sessions.ts';

/** Events are written with the change that they report. */
export function outboxCompliance(stores: Stores, open: OpenStore): void {
  describe('the outbox', () => {
    it('holds one session’s events in the order they happened, each with an id of its own', async () => {
      const session = await admitted(stores.one.store);
      const base = { sessionId: session.id, userId: session.userId };
      await stores.one.store.act({ ...base, action: 'heartbeat', position: 5 });
      await stores.other.store.act({ ...base, action: 'pause' });
      await stores.one.store.act({ ...base, action: 'pause' });
      await stores.other.store.act({ ...base, action: 'resume' });
      await stores.one.store.act({ ...base, action: 'terminate', position: 9 });
      const events = (await drain(stores.other.store)).filter(({ event }) => event.session_id === session.id);
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
      const { id: sessionId, userId } = await admitted(stores.one.store);
      stores.one.store.outbox.onAppend((isUrgent) => urgent.push(isUrgent));
      for (const action of ['heartbeat', 'pause', 'heartbeat', 'stop'] as const)
        await stores.one.store.act({ sessionId, userId, action });
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
}
