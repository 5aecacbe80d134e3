import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { admit, admitted, drain, newUser, type Stores } from '../../testing/sessions.ts';
import { newSessionId } from './session-id.ts';

/** Admission is atomic. */
export function admissionCompliance(stores: Stores): void {
  describe('admission', () => {
    it('gives what was requested, as an active session at position 0', async () => {
      const userId = newUser();
      const session = await admitted(stores.one.store, userId);
      expect(session).toMatchObject({ userId, profileId: 'profile', deviceId: 'device', status: 'active' });
      expect(session.position).toBe(0);
      expect(Math.abs(session.startedAt - Date.now())).toBeLessThan(5_000);
      expect(session.lastHeartbeatAt).toBe(session.startedAt);
      expect(await stores.other.store.get(session.id)).toEqual(session);
    });

    it('never lets an account have more live sessions than the limit, however many requests come at once', async () => {
      const userId = newUser();
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          admit((index % 2 ? stores.one : stores.other).store, userId, 3),
        ),
      );
      expect(answers.filter((answer) => answer.admitted)).toHaveLength(3);
      const refused = answers.find((answer) => !answer.admitted);
      expect(refused && !refused.admitted && refused.live.length).toBe(3);
      expect(await stores.one.store.live(userId)).toHaveLength(3);
    });

    it('takes an admission that arrives twice for one', async () => {
      const userId = newUser();
      const session = await admitted(stores.one.store, userId);
      const again = await admit(stores.other.store, userId, 1, session.id);
      expect(again).toEqual({ admitted: true, session });
      const started = (await drain(stores.one.store)).filter(({ event }) => event.session_id === session.id);
      expect(started.map(({ event }) => event.type)).toEqual(['playback.started']);
    });

    it('keeps the sign-in it was opened with, and ends when it is to, whatever its heartbeats', async () => {
      const userId = newUser();
      const request = { sessionId: newSessionId(userId), userId, profileId: 'p', catalogId: 'a'.repeat(64) };
      const endsAt = Date.now() + 700;
      const answer = await stores.one.store.admit({
        ...request,
        deviceId: 'd',
        limit: 1,
        signInId: 'tv',
        endsAt,
      });
      expect(answer).toMatchObject({ admitted: true, session: { signInId: 'tv' } });
      const { sessionId } = request;
      await stores.other.store.act({ sessionId, userId, action: 'heartbeat', position: 1 });
      expect(await stores.other.store.live(userId)).toMatchObject([{ signInId: 'tv' }]);
      await expect
        .poll(async () => (await stores.other.store.get(sessionId))?.status, { timeout: 3_000 })
        .toBe('expired');
      expect(Date.now()).toBeGreaterThanOrEqual(endsAt);
      expect(await admitted(stores.one.store)).toMatchObject({ signInId: null });
    });

    it('gives a session to its own profile alone, where one asks', async () => {
      const { id, userId } = await admitted(stores.one.store);
      const act = (profileId: string | null) =>
        stores.other.store.act({ sessionId: id, userId, profileId, action: 'heartbeat' });
      expect((await act('else')).outcome).toBe('not_found');
      expect((await act('profile')).outcome).toBe('done');
      expect((await act(null)).outcome).toBe('done');
    });

    it('counts each account for itself', async () => {
      const [a, b] = [newUser(), newUser()];
      expect((await admit(stores.one.store, a, 1)).admitted).toBe(true);
      expect((await admit(stores.one.store, b, 1)).admitted).toBe(true);
      expect((await admit(stores.one.store, a, 1)).admitted).toBe(false);
    });

    it('takes braces, spaces and any letters in an account’s name', async () => {
      for (const userId of ['{a}', '}{', 'Ünï 🎬', ':'.repeat(100)]) {
        const name = `${userId}${randomUUID()}`;
        const session = await admitted(stores.one.store, name);
        expect((await stores.one.store.live(name)).map(({ id }) => id)).toEqual([session.id]);
      }
    });
  });
}
