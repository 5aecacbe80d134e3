import type { PlaybackEvent } from '@giggityflix/bus';
import { describe, expect, it } from 'vitest';
import { admit, admitted, drain, newUser, type Stores, TIMES } from '../../testing/sessions.ts';

/** A slot is a lease. */
export function leasesCompliance(stores: Stores): void {
  describe('leases', () => {
    it('end a session without heartbeats, and free its slot', async () => {
      const userId = newUser();
      expect((await admit(stores.hasty.store, userId, 1)).admitted).toBe(true);
      expect((await admit(stores.hasty.store, userId, 1)).admitted).toBe(false);
      await expect.poll(async () => (await admit(stores.hasty.store, userId, 1)).admitted).toBe(true);
    });

    it('are renewed by heartbeats, until the session is as old as it may get', async () => {
      const session = await admitted(stores.hasty.store);
      let lastLive = 0;
      await expect
        .poll(
          async () => {
            const result = await stores.hasty.store.act({
              sessionId: session.id,
              userId: session.userId,
              action: 'heartbeat',
            });
            if (result.outcome === 'done') lastLive = result.session.lastHeartbeatAt;
            return result;
          },
          { interval: 50 },
        )
        .toEqual({ outcome: 'not_allowed', status: 'expired' });
      const age = lastLive - session.startedAt;
      expect(age).toBeGreaterThan(TIMES.leaseMs);
      expect(age).toBeLessThanOrEqual(TIMES.sessionTimeoutMs);
    });

    it('that expired are swept once, however many sweep', async () => {
      const sessions = await Promise.all(Array.from({ length: 5 }, () => admitted(stores.hasty.store)));
      const ids = new Set(sessions.map(({ id }) => id));
      const events: PlaybackEvent[] = [];
      await expect
        .poll(
          async () => {
            await Promise.all(Object.values(stores).map((tested) => tested.store.sweep()));
            events.push(...(await drain(stores.one.store)).map(({ event }) => event));
            return events.filter((event) => ids.has(event.session_id) && event.reason === 'expired').length;
          },
          { interval: 50 },
        )
        .toBe(5);
      await Promise.all(Object.values(stores).map((tested) => tested.store.sweep()));
      expect((await drain(stores.one.store)).filter(({ event }) => ids.has(event.session_id))).toEqual([]);
      for (const { id } of sessions)
        expect(await stores.one.store.get(id)).toMatchObject({ status: 'expired' });
    });
  });
}
