import type { PlaybackEvent } from '@giggityflix/bus';
import type { HistoryDatabase } from './database.ts';
import { type History, HistoryFull, MAX_MARKED, type WatchProgress } from './history.ts';

/** From this share on a media file counts as watched: what is left are the credits. */
const COMPLETED_SHARE = 0.95;

/** The history in PostgreSQL or SQLite, one set of models. */
export function createPrismaHistory(options: {
  database: HistoryDatabase;
  /** Seconds; null when it is not known. */
  durationOf(catalogId: string): Promise<number | null>;
  maxMarked?: number;
}): History {
  const { maxMarked = MAX_MARKED } = options;
  const { client, ask } = options.database;

  // Every event is one statement in the usual case; the row is made only where it is missing. Events may come
  // twice, and late: an older one changes nothing.
  const logSession = async (event: PlaybackEvent, at: Date) => {
    const started = event.type === 'playback.started';
    const change = {
      positionSeconds: event.position,
      updatedAt: at,
      ...(event.reason ? { endedAt: at, endReason: event.reason } : {}),
    };
    if (!started) {
      const { count } = await client().playbackSessionLog.updateMany({
        where: { id: event.session_id, updatedAt: { lte: at } },
        data: change,
      });
      if (count > 0) return;
    }
    await client().playbackSessionLog.upsert({
      where: { id: event.session_id },
      create: {
        id: event.session_id,
        userId: event.user_id,
        profileId: event.profile_id,
        catalogId: event.content_id,
        deviceId: event.device_id,
        startedAt: at,
        ...change,
      },
      update: started ? { startedAt: at } : {},
    });
  };
  const advance = async (event: PlaybackEvent, at: Date) => {
    const key = { userId: event.user_id, profileId: event.profile_id, catalogId: event.content_id };
    const durationSeconds = await options.durationOf(event.content_id);
    const change = {
      positionSeconds: event.position,
      durationSeconds,
      completed: durationSeconds !== null && event.position >= durationSeconds * COMPLETED_SHARE,
      updatedAt: at,
    };
    if (!isLateReport(event)) {
      const { count } = await client().watchProgress.updateMany({
        where: { ...key, updatedAt: { lte: at } },
        data: change,
      });
      if (count > 0) return;
    }
    await client().watchProgress.upsert({
      where: { userId_profileId_catalogId: key },
      create: { ...key, ...change },
      update: {},
    });
  };

  return {
    async record(_eventId, event) {
      const at = new Date(event.timestamp);
      // A heartbeat only moves the progress; the log is of starts and endings.
      if (event.type === 'playback.started' || event.reason) await logSession(event, at);
      // A session that never played does not move the place where the viewer left off.
      if (event.type !== 'playback.started' && event.position > 0) await advance(event, at);
    },
    async progress({ userId, profileId, catalogIds }) {
      const rows = await ask((db) =>
        db.watchProgress.findMany({
          where: {
            userId,
            catalogId: { in: [...catalogIds] },
            ...(profileId === null ? {} : { profileId }),
            NOT: NEVER_WATCHED,
          },
        }),
      );
      return rows.map(toProgress);
    },
    async continueWatching({ userId, profileId, first }) {
      const rows = await ask((db) =>
        db.watchProgress.findMany({
          where: {
            userId,
            completed: false,
            ...(profileId === null ? {} : { profileId }),
            OR: [{ hiddenAt: null }, { updatedAt: { gt: db.watchProgress.fields.hiddenAt } }],
          },
          orderBy: [{ updatedAt: 'desc' }, { catalogId: 'asc' }],
          take: first,
        }),
      );
      return rows.map(toProgress);
    },
    async hide({ userId, profileId, catalogIds, at }) {
      await ask((db) =>
        db.watchProgress.updateMany({
          where: { userId, profileId, catalogId: { in: [...catalogIds] } },
          data: { hiddenAt: at },
        }),
      );
    },
    async mark({ userId, profileId, catalogIds, at }, watched) {
      const mark = { ...(watched ? { completed: true } : NEVER_WATCHED), updatedAt: at, hiddenAt: at };
      const where = { userId, profileId, catalogId: { in: [...catalogIds] } };
      const isTooMuch = await ask(async (db) => {
        const update = db.watchProgress.updateMany({ where, data: mark });
        // What was never opened need not be marked as such.
        if (!watched) {
          await update;
          return false;
        }
        const known = await db.watchProgress.findMany({ where, select: { catalogId: true } });
        const missing = catalogIds.filter((id) => !known.some(({ catalogId }) => catalogId === id));
        if (missing.length > 0) {
          const count = await db.watchProgress.count({ where: { userId } });
          if (count + missing.length > maxMarked) return true;
        }
        await db.$transaction([
          update,
          ...missing.map((catalogId) => {
            const key = { userId, profileId, catalogId };
            return db.watchProgress.upsert({
              where: { userId_profileId_catalogId: key },
              create: { ...key, positionSeconds: 0, ...mark },
              update: mark,
            });
          }),
        ]);
        return false;
      });
      if (isTooMuch) throw new HistoryFull();
    },
  };
}

/** Of a file that was marked so: the row stays, as events may come late. */
const NEVER_WATCHED = { completed: false, positionSeconds: 0 };

/**
 * The end of a session that its viewer did not end repeats the position of the last heartbeat, which came a lease before it: the
 * film may have been watched on since, in another session.
 */
function isLateReport({ reason }: PlaybackEvent): boolean {
  return reason === 'expired' || reason === 'terminated';
}

function toProgress(row: {
  profileId: string;
  catalogId: string;
  positionSeconds: number;
  completed: boolean;
  updatedAt: Date;
}): WatchProgress {
  return {
    profileId: row.profileId,
    catalogId: row.catalogId,
    position: row.positionSeconds,
    completed: row.completed,
    updatedAt: row.updatedAt,
  };
}
