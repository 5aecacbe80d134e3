import { createLoader, type Load } from '@giggityflix/graphql';
import type { Watchlist } from '../watchlist/watchlist.ts';

/** Whether titles are kept to watch, for all titles of a request in one query per profile. */
export interface WatchlistLoader {
  /** Whether one of a title's files is. */
  isKept(profileId: string, catalogIds: readonly string[]): Promise<boolean>;
}

export function createWatchlistLoader(options: { watchlist: Watchlist; userId: string }): WatchlistLoader {
  const { watchlist, userId } = options;
  const loaders = new Map<string, Load<string, boolean>>();
  const loaderOf = (profileId: string) => {
    const known = loaders.get(profileId);
    if (known) return known;
    const loader = createLoader<string, boolean>({
      read: async (catalogIds) => {
        const kept = await watchlist.kept({ userId, profileId }, catalogIds);
        return new Map([...kept].map((id) => [id, true]));
      },
      missing: false,
      // The mutations of one request follow each other, and each shows what it made.
      remembers: false,
    });
    loaders.set(profileId, loader);
    return loader;
  };
  return {
    isKept: async (profileId, catalogIds) =>
      (await Promise.all(catalogIds.map(loaderOf(profileId)))).some(Boolean),
  };
}
