import type { PlaybackEvent } from '@giggityflix/bus';
import type { Service } from '@giggityflix/kernel';

/**
 * The durable record of what was watched: a log of sessions, and each profile's progress in each media file.
 *
 * `history.prisma.ts` keeps it in PostgreSQL or SQLite; recording the same event again changes nothing, and events that
 * arrive late never turn progress back.
 */
export interface History extends Service {
  record(eventId: string, event: PlaybackEvent): Promise<void>;
  /** The latest progress in any of `catalogIds`, per id; of one profile, or of the account when null. */
  progress(query: {
    userId: string;
    profileId: string | null;
    catalogIds: readonly string[];
  }): Promise<WatchProgress[]>;
  /** What was begun and not finished, the most recent first. */
  continueWatching(query: {
    userId: string;
    profileId: string | null;
    first: number;
  }): Promise<WatchProgress[]>;
}

export interface WatchProgress {
  profileId: string;
  catalogId: string;
  /** Seconds from the start of the media file. */
  position: number;
  completed: boolean;
  updatedAt: Date;
}
