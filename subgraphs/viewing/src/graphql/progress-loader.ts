import { createLoader, type Load } from '@giggityflix/graphql';
import type { AccessLimits } from '@giggityflix/http';
import type { AccessChecks } from '@giggityflix/http/access';
import type { History, WatchProgress } from '../history/history.ts';

/** Reads the progress of all titles of a request in one query per profile. */
export interface ProgressLoader {
  /** The latest progress among a title's files; null when there is none. */
  load(profileId: string | null, catalogIds: readonly string[]): Promise<WatchProgress | null>;
}

export function createProgressLoader(options: {
  history: History;
  checks: AccessChecks;
  userId: string;
  limits: AccessLimits;
}): ProgressLoader {
  const { history, checks, userId, limits } = options;
  const loaders = new Map<string | null, Load<string, WatchProgress | null>>();
  const loaderOf = (profileId: string | null) => {
    const known = loaders.get(profileId);
    if (known) return known;
    const loader = createLoader<string, WatchProgress | null>({
      read: async (ids) => {
        const catalogIds = [...(await checks.allowed(ids, limits))];
        return newestPerId(await history.progress({ userId, profileId, catalogIds }));
      },
      missing: null,
      // The mutations of one request follow each other, and each shows the progress it made.
      remembers: false,
    });
    loaders.set(profileId, loader);
    return loader;
  };
  return {
    async load(profileId, catalogIds) {
      const found = await Promise.all(catalogIds.map(loaderOf(profileId)));
      let newest: WatchProgress | null = null;
      for (const candidate of found)
        if (candidate && (!newest || candidate.updatedAt > newest.updatedAt)) newest = candidate;
      return newest;
    },
  };
}

/** Without a profile an account may have several rows of one file: the newest counts. */
function newestPerId(found: readonly WatchProgress[]): Map<string, WatchProgress> {
  const newest = new Map<string, WatchProgress>();
  for (const progress of found) {
    const known = newest.get(progress.catalogId);
    if (!known || known.updatedAt < progress.updatedAt) newest.set(progress.catalogId, progress);
  }
  return newest;
}
