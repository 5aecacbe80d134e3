import type { PlaybackEvent } from '@giggityflix/platform';
import { type Logger, notReady, READY } from '@giggityflix/platform';
import { type Database, openDatabase } from '@giggityflix/prisma';
import type { History, WatchProgress } from './history.ts';

/** Having come this far a film counts as seen: what is left are the credits. */
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
    if (!database) throw new Error('the history is not open');
    return database.client;
  };

  const log = async (event: PlaybackEvent, at: Date) => {
    const ended = event.reason ? { endedAt: at, endReason: event.reason } : {};
    const started = event.type === 'playback.started';
    await client().playbackSessionLog.upsert({
      where: { id: event.session_id },
      create: {
        id: event.session_id,
        userId: event.user_id,
        profileId: event.profile_id,
        catalogId: event.content_id,
        deviceId: event.device_id,
        startedAt: at,
        positionSeconds: event.position,
        updatedAt: at,
        ...ended,
      },
      update: started ? { startedAt: at } : {},
    });
    if (started) return;
    // Events may come twice; an older one changes nothing.
    await client().playbackSessionLog.updateMany({
      where: { id: event.session_id, updatedAt: { lte: at } },
      data: { positionSeconds: event.position, updatedAt: at, ...ended },
    });
  };
  const advance = async (event: PlaybackEvent, at: Date) => {
    const key = { userId: event.user_id, profileId: event.profile_id, catalogId: event.content_id };
    const durationSeconds = await options.durationOf(event.content_id);
    const data = {
      positionSeconds: event.position,
      durationSeconds,
      completed: durationSeconds !== null && event.position >= durationSeconds * COMPLETED_SHARE,
      updatedAt: at,
    };
    await client().watchProgress.upsert({
      where: { userId_profileId_catalogId: key },
      create: { ...key, ...data },
      update: {},
    });
    await client().watchProgress.updateMany({ where: { ...key, updatedAt: { lte: at } }, data });
  };

  return {
    async start() {
      database = await openDatabase({ url: options.url, logger: options.logger });
    },
    async stop() {
      await database?.close();
      database = null;
    },
    async ready() {
      if (!database) return notReady('the history is not open');
      try {
        await database.check();
        return READY;
      } catch (error) {
        return notReady(`the history database cannot be reached: ${(error as Error).message}`);
      }
    },
    async record(_eventId, event) {
      const at = new Date(event.timestamp);
      await log(event, at);
      // A session that never played does not move the place where the viewer left off.
      if (event.type !== 'playback.started' && event.position > 0) await advance(event, at);
    },
    async progress({ userId, profileId, catalogIds }) {
      const rows = await client().watchProgress.findMany({
        where: { userId, catalogId: { in: [...catalogIds] }, ...(profileId === null ? {} : { profileId }) },
      });
      return rows.map(toProgress);
    },
    async continueWatching({ userId, profileId, first }) {
      const rows = await client().watchProgress.findMany({
        where: { userId, completed: false, ...(profileId === null ? {} : { profileId }) },
        orderBy: [{ updatedAt: 'desc' }, { catalogId: 'asc' }],
        take: first,
      });
      return rows.map(toProgress);
    },
  };
}

function toProgress(row: {
  catalogId: string;
  positionSeconds: number;
  completed: boolean;
  updatedAt: Date;
}): WatchProgress {
  return {
    catalogId: row.catalogId,
    position: row.positionSeconds,
    completed: row.completed,
    updatedAt: row.updatedAt,
  };
}
