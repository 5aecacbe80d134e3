import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlaybackEvent } from '@giggityflix/bus';
import { createLogger } from '@giggityflix/kernel';
import { openDatabase } from '@giggityflix/prisma';
import { realPostgres } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHistoryDatabase } from './database.ts';
import { createPrismaHistory } from './history.prisma.ts';
import { type History, HistoryFull } from './history.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewing-history-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const postgres = await realPostgres();
const logger = createLogger({ service: 'test', level: 'silent' });
const MEDIA_FILE = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const DURATION_S = 100;

function describeHistory(name: string, url: string) {
  describe(name, () => {
    const database = createHistoryDatabase({ url, logger });
    let history: History;
    beforeAll(async () => {
      const durationOf = async (id: string) => (id === MEDIA_FILE ? DURATION_S : null);
      history = createPrismaHistory({ database, durationOf, maxMarked: 4 });
      await database.start();
    });
    afterAll(() => database.stop());

    const newSession = (overrides: Partial<PlaybackEvent> = {}) => {
      const base = {
        session_id: randomUUID(),
        user_id: randomUUID(),
        profile_id: 'p1',
        content_id: MEDIA_FILE,
        device_id: 'tv',
        ...overrides,
      };
      return {
        base,
        report: (type: PlaybackEvent['type'], second: number, more: Partial<PlaybackEvent> = {}) =>
          history.record(`${base.session_id}:${second}`, {
            type,
            position: second,
            timestamp: new Date(1_700_000_000_000 + second * 1_000).toISOString(),
            ...base,
            ...more,
          }),
      };
    };
    const logOf = async (id: string) => {
      const database = await openDatabase({ url, logger });
      const row = await database.client.playbackSessionLog.findUnique({ where: { id } });
      await database.close();
      return row;
    };

    it('logs a session from its start to its end', async () => {
      const { base, report } = newSession();
      await report('playback.started', 0);
      await report('playback.heartbeat', 30);
      await report('playback.stopped', 40, { reason: 'stopped' });
      expect(await logOf(base.session_id)).toMatchObject({
        userId: base.user_id,
        catalogId: MEDIA_FILE,
        startedAt: new Date(1_700_000_000_000),
        endedAt: new Date(1_700_000_040_000),
        endReason: 'stopped',
        positionSeconds: 40,
      });
    });

    it('ends in the same rows when events arrive twice or late', async () => {
      const { base, report } = newSession();
      await report('playback.heartbeat', 30);
      await report('playback.stopped', 40, { reason: 'stopped' });
      await report('playback.started', 0);
      await report('playback.heartbeat', 20);
      await report('playback.stopped', 40, { reason: 'stopped' });
      expect(await logOf(base.session_id)).toMatchObject({
        startedAt: new Date(1_700_000_000_000),
        endReason: 'stopped',
        positionSeconds: 40,
      });
      const [progress] = await history.progress({
        userId: base.user_id,
        profileId: 'p1',
        catalogIds: [MEDIA_FILE],
      });
      expect(progress?.position).toBe(40);
    });

    it('returns where each profile left off', async () => {
      const { base, report } = newSession();
      await report('playback.heartbeat', 30);
      const child = newSession({ user_id: base.user_id, profile_id: 'p2' });
      await child.report('playback.heartbeat', 50);
      const query = { userId: base.user_id, catalogIds: [MEDIA_FILE, OTHER] };
      const positions = async (profileId: string | null) =>
        (await history.progress({ ...query, profileId })).map(({ position }) => position).sort();
      expect(await positions('p1')).toEqual([30]);
      expect(await positions('p2')).toEqual([50]);
      expect(await positions(null)).toEqual([30, 50]);
      expect(await positions('p3')).toEqual([]);
      expect(await history.progress({ ...query, userId: randomUUID(), profileId: null })).toEqual([]);
    });

    it('lists what was begun and not finished, the most recent first', async () => {
      const { base, report } = newSession({ content_id: OTHER });
      await report('playback.heartbeat', 30);
      const watched = newSession({ user_id: base.user_id });
      await watched.report('playback.heartbeat', 60);
      const list = async (first = 10) =>
        (await history.continueWatching({ userId: base.user_id, profileId: null, first })).map(
          ({ catalogId }) => catalogId,
        );
      expect(await list()).toEqual([MEDIA_FILE, OTHER]);
      expect(await list(1)).toEqual([MEDIA_FILE]);
      await watched.report('playback.stopped', DURATION_S - 2, { reason: 'stopped' });
      expect(await list()).toEqual([OTHER]);
    });

    it.each(['expired', 'terminated'] as const)(
      'keeps the place where the viewer went on when a session that was left behind is %s',
      async (reason) => {
        const { base, report } = newSession();
        await report('playback.heartbeat', 5);
        const next = newSession({ user_id: base.user_id });
        await next.report('playback.heartbeat', 20);
        await next.report('playback.stopped', 30, { reason: 'stopped' });
        await report('playback.completed', 95, { reason, position: 5 });
        const [left] = await history.continueWatching({ userId: base.user_id, profileId: null, first: 1 });
        expect(left?.position).toBe(30);
      },
    );

    it('does not move the progress in a file that was opened and closed', async () => {
      const { base, report } = newSession();
      await report('playback.heartbeat', 30);
      const again = newSession({ user_id: base.user_id });
      await again.report('playback.started', 50, { position: 0 });
      await again.report('playback.stopped', 51, { position: 0, reason: 'stopped' });
      const [progress] = await history.progress({
        userId: base.user_id,
        profileId: null,
        catalogIds: [MEDIA_FILE],
      });
      expect(progress?.position).toBe(30);
    });

    describe('marks of a profile', () => {
      const AT = new Date(1_700_000_000_000 + 45_000);
      const begun = async () => {
        const session = newSession({ content_id: OTHER });
        await session.report('playback.heartbeat', 30);
        const mine = { userId: session.base.user_id, profileId: 'p1' };
        return {
          ...session,
          mine: { ...mine, catalogIds: [OTHER], at: AT },
          watchedOn: async () =>
            (await history.continueWatching({ ...mine, first: 10 })).map(({ catalogId }) => catalogId),
          progress: async () => (await history.progress({ ...mine, catalogIds: [OTHER] }))[0],
        };
      };

      it('hide a film that was begun, until it is watched again; where it was left is kept', async () => {
        const { mine, report, watchedOn, progress } = await begun();
        await history.hide(mine);
        expect(await watchedOn()).toEqual([]);
        expect(await progress()).toMatchObject({ position: 30, completed: false });
        // What comes twice, or was before it, changes nothing.
        await report('playback.heartbeat', 30);
        await report('playback.heartbeat', 44);
        expect(await watchedOn()).toEqual([]);
        await report('playback.heartbeat', 60);
        expect(await watchedOn()).toEqual([OTHER]);
      });

      it('hide nothing of another profile or account', async () => {
        const { mine, watchedOn } = await begun();
        await history.hide({ ...mine, profileId: 'p2' });
        await history.hide({ ...mine, userId: randomUUID() });
        await history.hide({ ...mine, catalogIds: [MEDIA_FILE] });
        expect(await watchedOn()).toEqual([OTHER]);
      });

      it('say that a film was watched, or was not, begun or never opened', async () => {
        const { mine, report, watchedOn, progress } = await begun();
        await history.mark({ ...mine, catalogIds: [OTHER, MEDIA_FILE] }, true);
        expect(await watchedOn()).toEqual([]);
        expect(await progress()).toMatchObject({ completed: true });
        const seen = { userId: mine.userId, profileId: 'p1', catalogIds: [MEDIA_FILE] };
        expect(await history.progress(seen)).toMatchObject([{ completed: true, position: 0 }]);
        await history.mark({ ...mine, catalogIds: [OTHER, MEDIA_FILE] }, false);
        expect(await progress()).toBeUndefined();
        expect(await history.progress(seen)).toEqual([]);
        expect(await watchedOn()).toEqual([]);
        await report('playback.heartbeat', 40);
        expect(await progress()).toBeUndefined();
        await report('playback.heartbeat', 70);
        expect(await progress()).toMatchObject({ position: 70 });
        expect(await watchedOn()).toEqual([OTHER]);
      });

      it('are as many as an account may make, in all its profiles', async () => {
        const owner = { userId: randomUUID(), at: AT };
        const films = (from: number, to: number) =>
          Array.from({ length: to - from }, (_, n) => `film-${from + n}`);
        await history.mark({ ...owner, profileId: 'p1', catalogIds: films(0, 3) }, true);
        await history.mark({ ...owner, profileId: 'p2', catalogIds: films(0, 1) }, true);
        await history.mark({ ...owner, profileId: 'p1', catalogIds: films(0, 3) }, true);
        await expect(
          history.mark({ ...owner, profileId: 'p2', catalogIds: films(0, 2) }, true),
        ).rejects.toThrow(HistoryFull);
        // A refused one changes nothing of what is known.
        await history.mark({ ...owner, profileId: 'p2', catalogIds: films(0, 1) }, false);
        await history.mark({ ...owner, profileId: 'p2', catalogIds: films(0, 2) }, true).catch(() => {});
        expect(
          await history.progress({ userId: owner.userId, profileId: 'p2', catalogIds: films(0, 2) }),
        ).toEqual([]);
        await history.mark({ ...owner, profileId: 'p2', catalogIds: films(0, 9) }, false);
        const all = { userId: owner.userId, profileId: null, catalogIds: films(0, 9) };
        expect((await history.progress(all)).map(({ profileId }) => profileId)).toEqual(['p1', 'p1', 'p1']);
      });
    });
  });
}

describeHistory('the history in SQLite', `file:${join(folder, 'history.db')}`);
describe.skipIf(postgres.skip)('with PostgreSQL', () => {
  describeHistory('the history in PostgreSQL', postgres.url);
});
