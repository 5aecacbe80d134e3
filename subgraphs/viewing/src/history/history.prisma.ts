import type { PlaybackEvent } from '@giggityflix/bus';
import { type Logger, UnavailableError } from '@giggityflix/kernel';
import { type Database, databaseReadiness, openDatabase } from '@giggityflix/prisma';
import type { History, WatchProgress } from './history.ts';

/** From this share on a media file counts as watched: what is left are the credits. */
const COMPLETED_SHARE = 0.95;

/** The history in PostgreSQL or SQLite, one set of models. */
export function createPrismaHistory(options: {
  url: string;
  logger: Logger;
  /** Seconds; null when it is not known. */
  durationOf(catalogId: string): Promise<number | null>;
}): History {
  let database: Database | null = null;
  const client = () => {
    if (!database) throw new UnavailableError('the watch history');
    return database.client;
  };
  const asking = async <T>(query: () => Promise<T>): Promise<T> => {
    try {
      return await query();
    } catch (error) {
      if (error instanceof UnavailableError) throw error;
      options.logger.error({ err: error }, 'the watch history could not be read');
      throw new UnavailableError('the watch history', { cause: error });
    }
  };

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
    async start() {
      database = await openDatabase({ url: options.url, logger: options.logger });
    },
    async stop() {
      await database?.close();
      database = null;
    },
    ready: () => databaseReadiness(database, 'the history database'),
    async record(_eventId, event) {
      const at = new Date(event.timestamp);
      // A heartbeat only moves the progress; the log is of starts and endings.
      if (event.type === 'playback.started' || event.reason) await logSession(event, at);
      // A session that never played does not move the place where the viewer left off.
      if (event.type !== 'playback.started' && event.position > 0) await advance(event, at);
    },
    async progress({ userId, profileId, catalogIds }) {
      const rows = await asking(() =>
        client().watchProgress.findMany({
          where: { userId, catalogId: { in: [...catalogIds] }, ...(profileId === null ? {} : { profileId }) },
        }),
      );
      return rows.map(toProgress);
    },
    async continueWatching({ userId, profileId, first }) {
      const rows = await asking(() =>
        client().watchProgress.findMany({
          where: { userId, completed: false, ...(profileId === null ? {} : { profileId }) },
          orderBy: [{ updatedAt: 'desc' }, { catalogId: 'asc' }],
          take: first,
        }),
      );
      return rows.map(toProgress);
    },
  };
}

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
