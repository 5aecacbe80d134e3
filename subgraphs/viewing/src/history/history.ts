import type { PlaybackEvent } from '@giggityflix/bus';

/**
 * The durable record of what was watched: a log of sessions, and each profile's progress in each media file.
 *
 * `history.prisma.ts` keeps it in PostgreSQL or SQLite; recording the same event again changes nothing, and events that
 * arrive late never turn progress back.
 */
export interface History {
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
  /** Takes files out of what a profile watches on, until it watches them again. Where it left off stays known. */
  hide(marked: MarkedFiles): Promise<void>;
  /** Says of files that a profile has watched them, or that it has not, whatever was played. @throws HistoryFull */
  mark(marked: MarkedFiles, watched: boolean): Promise<void>;
}

/** Most files whose progress the profiles of one account have together through marks. */
export const MAX_MARKED = 50_000;

/** An account has marked as many files as it may. */
export class HistoryFull extends Error {
  override readonly name = 'HistoryFull';
  constructor() {
    super(`an account marks at most ${MAX_MARKED} films as watched`);
  }
}

export interface MarkedFiles {
  userId: string;
  profileId: string;
  catalogIds: readonly string[];
  at: Date;
}

export interface WatchProgress {
  profileId: string;
  catalogId: string;
  /** Seconds from the start of the media file. */
  position: number;
  completed: boolean;
  updatedAt: Date;
}
