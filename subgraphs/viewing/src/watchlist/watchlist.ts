/** Most files that the profiles of one account keep together. */
export const MAX_ENTRIES = 5_000;

/**
 * The media files that profiles keep to watch. They stand for their titles: what a file is never changes, while titles are
 * corrected and put together.
 */
export interface Watchlist {
  /** Keeps a file; one that is kept already stays where it is. @throws WatchlistFull */
  add(owner: Owner, catalogId: string, at: Date): Promise<void>;
  /** How many of these were kept. */
  remove(owner: Owner, catalogIds: readonly string[]): Promise<number>;
  /** The latest first; those behind `after` when it is given. */
  list(owner: Owner, page: { first: number; after: WatchlistEntry | null }): Promise<WatchlistEntry[]>;
  /** Those of `catalogIds` that are kept. */
  kept(owner: Owner, catalogIds: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Forgets what other profiles of an account than these kept before a time; how many files that were. Whoever names no profile
   * keeps theirs.
   */
  forgetOthers(userId: string, profileIds: readonly string[], before: Date): Promise<number>;
}

/** Whose lists are kept where a token names no profile and the request none: what players name that know of none. */
export const SHARED_PROFILE = 'default';

export interface Owner {
  userId: string;
  profileId: string;
}

export interface WatchlistEntry {
  catalogId: string;
  addedAt: Date;
}

/** An account keeps as much as it may. */
export class WatchlistFull extends Error {
  override readonly name = 'WatchlistFull';
  constructor() {
    super(`an account keeps at most ${MAX_ENTRIES} films to watch`);
  }
}
